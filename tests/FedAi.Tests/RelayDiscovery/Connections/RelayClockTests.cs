using FedAi.RelayDiscovery.Connections;

namespace FedAi.Tests.RelayDiscovery.Connections;

public sealed class RelayClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ahead_AnswerAfterASecond_ComparesItsMiddleWithTheMiddleOfTheToldSecond() =>
        RelayClock.Ahead(Noon, Noon.AddSeconds(1), Noon.AddMinutes(-10)).ShouldBe(TimeSpan.FromMinutes(10));

    [Fact]
    public void Ahead_NoDate_IsUnknown() => RelayClock.Ahead(Noon, Noon, null).ShouldBeNull();

    [Fact]
    public void Median_OneRelayOfThreeIsWrong_DoesNotMatter() =>
        RelayClock.Median([TimeSpan.Zero, null, TimeSpan.FromDays(-900), TimeSpan.FromSeconds(1)]).ShouldBe(TimeSpan.Zero);

    [Fact]
    public void Median_NobodyToldTheTime_IsUnknown() => RelayClock.Median([null, null]).ShouldBeNull();
}
