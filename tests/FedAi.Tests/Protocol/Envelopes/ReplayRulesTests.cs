using FedAi.Protocol.Envelopes;

namespace FedAi.Tests.Protocol.Envelopes;

public sealed class ReplayRulesTests
{
    private const long Now = ProtocolSamples.Now;

    [Theory]
    [InlineData(0, true)]
    [InlineData(-300_000, true)]
    [InlineData(300_000, true)]
    [InlineData(-300_000.5, false)]
    [InlineData(300_000.5, false)]
    [InlineData(1e300, false)]
    [InlineData(-1e300, false)]
    [InlineData(double.NaN, false)]
    [InlineData(double.PositiveInfinity, false)]
    public void InWindow_FiveMinutesEitherWay(double offset, bool inside) => ReplayRules.InWindow(Now + offset, Now).ShouldBe(inside);

    /// <summary>DECISIONS E8: ts ≤ floor: memory; up to ten seconds ahead of now: the floor; later: the nonce itself.</summary>
    [Theory]
    [InlineData(-1, 0, ReplayDurability.Memory)]
    [InlineData(0, 0, ReplayDurability.Memory)]
    [InlineData(0.5, 0, ReplayDurability.RaiseFloor)]
    [InlineData(10_000, 0, ReplayDurability.RaiseFloor)]
    [InlineData(10_000, 10_000, ReplayDurability.Memory)]
    [InlineData(10_000.5, 0, ReplayDurability.CommitNonce)]
    [InlineData(10_001, 10_000, ReplayDurability.CommitNonce)]
    [InlineData(300_000, 0, ReplayDurability.CommitNonce)]
    [InlineData(300_000, 300_000, ReplayDurability.Memory)]
    [InlineData(-299_999, -300_000, ReplayDurability.RaiseFloor)]
    public void Durability_ByTimeAndFloor(double tsOffset, long floorOffset, ReplayDurability expected) =>
        ReplayRules.Durability(Now + tsOffset, Now + floorOffset, Now).ShouldBe(expected);

    /// <summary>What the rule promises: after a crash at any moment, refusing ts ≤ durable floor and the committed nonces refuses all that was admitted.</summary>
    [Fact]
    public void Durability_AnyOrderOfTimes_LeavesNothingForgotten()
    {
        var random = new Random(8);
        var (floor, now) = (long.MinValue, Now);
        for (var step = 0; step < 10_000; step++)
        {
            now += random.Next(0, 500);
            var ts = now + random.Next(-300_000, 300_001) + (random.Next(2) * 0.5);
            var durable = ReplayRules.Durability(ts, floor, now);
            if (durable == ReplayDurability.RaiseFloor) floor = now + ReplayRules.FloorLeadMs;

            (durable == ReplayDurability.CommitNonce || ts <= floor).ShouldBeTrue($"ts {ts}, floor {floor}, now {now}");
        }
    }
}
