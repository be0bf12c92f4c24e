using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.Tests.RelayDiscovery.Connections;

/// <summary>DECISIONS E14, and WIRE W-N5: the existing software never moves its <c>since</c> on.</summary>
public sealed class RelayRequestsTests
{
    [Theory]
    [InlineData(FedAiKinds.Rfb, null, 940L)]
    [InlineData(FedAiKinds.Cancel, 700L, 640L)]
    [InlineData(FedAiKinds.CapsAnnounce, null, null)]
    [InlineData(FedAiKinds.ReceiptSummary, 700L, null)]
    [InlineData(NostrKinds.RelayList, 700L, null)]
    public void For_Kind_AsksForEphemeralEventsSinceTheLastEoseAndForAddressableOnesWithout(int kind, long? lastEose, long? since) =>
        Ask(new NostrFilter { Kinds = new HashSet<int> { kind } }, lastEose).Since.ShouldBe(since);

    [Fact]
    public void For_MixedOrAllKinds_IsNotCutByTime()
    {
        Ask(new NostrFilter { Kinds = new HashSet<int> { FedAiKinds.Rfb, FedAiKinds.CapsAnnounce } }, 700).Since.ShouldBeNull();
        Ask(new NostrFilter(), 700).Since.ShouldBeNull();
    }

    [Fact]
    public void For_SinceOfTheSubscription_Stays() =>
        Ask(new NostrFilter { Kinds = new HashSet<int> { FedAiKinds.Rfb }, Since = 5 }, 700).Since.ShouldBe(5);

    [Theory]
    [InlineData(null, null, 500)]
    [InlineData(100, null, 100)]
    [InlineData(5000, null, 500)]
    [InlineData(null, 20, 20)]
    [InlineData(10, 20, 10)]
    public void For_Limit_IsTheSmallestOfAll(int? wanted, int? relays, int expected) =>
        RelayRequests.For([new NostrFilter { Limit = wanted }], null, 1000, relays).Single().Limit.ShouldBe(expected);

    private static NostrFilter Ask(NostrFilter filter, long? lastEose) => RelayRequests.For([filter], lastEose, 1000, null).Single();
}
