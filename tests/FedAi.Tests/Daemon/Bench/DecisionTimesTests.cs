using FedAi.Daemon.Bench;

namespace FedAi.Tests.Daemon.Bench;

public sealed class DecisionTimesTests
{
    private const string Metrics = """
        # TYPE fedai_router_decision_seconds histogram
        fedai_router_decision_seconds_bucket{le="0.0001"} 10
        fedai_router_decision_seconds_bucket{le="0.0002"} 60
        fedai_router_decision_seconds_bucket{le="0.0004"} 90
        fedai_router_decision_seconds_bucket{le="+Inf"} 100
        fedai_router_decision_seconds_count 100
        """;

    [Theory]
    [InlineData(0.05, 50)]
    [InlineData(0.1, 100)]
    [InlineData(0.35, 150)]
    [InlineData(0.6, 200)]
    [InlineData(0.75, 300)]
    [InlineData(0.99, 400)]
    public void Percentile_WithinABucket_IsSpreadEvenlyAndBeyondTheLastIsThat(double share, double expected) =>
        DecisionTimes.Read(Metrics).Percentile(share).ShouldBe(expected, 0.001);

    [Fact]
    public void Since_AnEarlierLook_LeavesThoseAfterIt()
    {
        var before = Metrics.Replace("} 60", "} 20", StringComparison.Ordinal).Replace("} 90", "} 20", StringComparison.Ordinal).Replace("} 100", "} 20", StringComparison.Ordinal);

        var times = DecisionTimes.Read(Metrics).Since(DecisionTimes.Read(before));

        times.Buckets.Select(bucket => bucket.Count).ShouldBe([0, 40, 70, 80]);
        times.Percentile(0.25).ShouldBe(150, 0.001);
        // A router that has decided nothing yet tells of no times.
        DecisionTimes.Read(Metrics).Since(DecisionTimes.Read("")).Percentile(0.1).ShouldBe(100, 0.001);
    }
}
