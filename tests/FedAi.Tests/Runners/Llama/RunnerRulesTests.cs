using FedAi.Runners.Llama;

namespace FedAi.Tests.Runners.Llama;

public sealed class RunnerRulesTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 1)]    // two threads beside anything else are slower than one
    [InlineData(4, 2, 1)]    // two cores of two threads each
    [InlineData(4, 4, 3)]
    [InlineData(16, 8, 7)]
    [InlineData(3, 64, 2)]   // a container with 3 processors on a large machine
    [InlineData(8, 0, 1)]    // the system does not say
    public void Threads_LeaveOneCoreAndNeverShareOne(int processors, int physicalCores, int threads) =>
        ThreadRules.Count(processors, physicalCores).ShouldBe(threads);

    [Fact]
    public void PhysicalCores_AreTheDistinctListsOfSiblings() =>
        ThreadRules.PhysicalCores(["0,4\n", "1,5\n", "0,4\n", "1,5\n"]).ShouldBe(2);

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(5, 1600)]
    [InlineData(10, 30_000)]
    [InlineData(100_000, 30_000)]
    public void Backoff_DoublesUpToHalfAMinute(int failures, int milliseconds) =>
        BackoffRules.Delay(failures).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Fact]
    public void Memory_ThatIsMissing_IsNamedWithBothNumbers()
    {
        MemoryRules.Problem(needed: 1L << 30, available: 1L << 30).ShouldBeNull();
        MemoryRules.Problem(needed: 3L << 30, available: 1L << 30).ShouldNotBeNull().ShouldSatisfyAllConditions(
            text => text.ShouldContain("3072 MiB"), text => text.ShouldContain("1024 MiB"), text => text.ShouldContain("smaller"));
    }

    [Fact]
    public void Memory_OfThisMachine_IsKnown() => HostMemory.AvailableBytes().ShouldBeInRange(1L << 24, 1L << 50);
}
