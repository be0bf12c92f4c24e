using FedAi.RelayDiscovery.Connections;

namespace FedAi.Tests.RelayDiscovery.Connections;

public sealed class RelayBackoffTests
{
    [Theory]
    [InlineData(1, 0.0, 500)]
    [InlineData(1, 1.0, 1000)]
    [InlineData(2, 1.0, 2000)]
    [InlineData(3, 0.5, 3000)]
    [InlineData(5, 1.0, 16_000)]
    [InlineData(6, 1.0, 30_000)]
    [InlineData(6, 0.0, 15_000)]
    [InlineData(100_000, 1.0, 30_000)]
    [InlineData(int.MaxValue, 0.0, 15_000)]
    public void Delay_Failures_DoublesUpToTheLongestAndHalfIsRandom(int failures, double jitter, double expectedMs) =>
        RelayBackoff.Delay(failures, jitter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)).TotalMilliseconds.ShouldBe(expectedMs);
}
