using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;

namespace FedAi.Tests.RelayDiscovery.Connections;

/// <summary>Events and filters of the federation's kinds, as tests of connections need them.</summary>
internal static class SampleEvents
{
    public static readonly NostrFilter[] Announcements = [new NostrFilter { Kinds = new HashSet<int> { FedAiKinds.CapsAnnounce } }];

    public static readonly NostrFilter[] Auctions = [new NostrFilter { Kinds = new HashSet<int> { FedAiKinds.Rfb, FedAiKinds.Bid } }];

    /// <summary>An announcement under an address; a later one takes its place.</summary>
    public static NostrEvent Announce(KeyPair key, string what = "caps", int later = 0, string content = "{}") =>
        NostrEvent.Sign(key, FedAiKinds.CapsAnnounce, 1_700_000_000 + later,
            [["d", $"fedai:test:{what}"], ["t", "CAPS_ANNOUNCE"], ["exp", "4102444800000"], ["expiration", "4102444800"]], content);

    public static async Task<RelayedEvent> NextAsync(this RelaySubscription subscription)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        return await subscription.Events.ReadAsync(patience.Token);
    }
}
