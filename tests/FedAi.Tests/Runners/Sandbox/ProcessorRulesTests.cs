using FedAi.Runners.Sandbox;

namespace FedAi.Tests.Runners.Sandbox;

public sealed class ProcessorRulesTests
{
    [Theory]
    [InlineData(0, false, 8, 3.0)]
    [InlineData(30, false, 8, 4.5)]  // what it may have without work does not grow with its threads
    [InlineData(30, true, 1, 63.0)]
    [InlineData(30, true, 7, 243.0)]
    public void Most_IsThreadsAndOneMoreWithWork_AndNextToNothingWithout(int elapsed, bool busy, int threads, double most) =>
        ProcessorRules.Most(TimeSpan.FromSeconds(elapsed), busy, threads).ShouldBe(TimeSpan.FromSeconds(most));
}
