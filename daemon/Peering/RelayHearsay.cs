using FedAi.Daemon.Trust;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.RelayDiscovery.Directories;

namespace FedAi.Daemon.Peering;

/// <summary>Asks the joined relays which others known peers use (NIP-65) and what trusted monitors measured (NIP-66).</summary>
internal sealed class RelayHearsay(RelayPool pool, RouterDirectory routers, TrustScores trust, RelayOptions options, TimeProvider clock)
{
    /// <summary>How long relays may take for what they have stored.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>Authors in one filter; relays refuse longer ones.</summary>
    private const int MostAuthors = 200;

    /// <summary>Events read in one go, whatever relays send.</summary>
    private const int MostEvents = 5000;

    private readonly IReadOnlySet<Hex32> pinned = RelaySources.Monitors(options);

    public async Task<IReadOnlyList<RelayClaim>> AskAsync(CancellationToken stop)
    {
        var peers = trust.Lists.Allow.Concat(trust.Lists.Follow).Concat(trust.Lists.Named)
            .Concat(routers.Current.Select(router => router.Key).Where(key => IsTrusted(Hex32.From(key)))).Select(Hex32.From).Take(MostAuthors).ToHashSet();
        List<NostrFilter> filters = [];
        if (peers.Count > 0) filters.Add(RelayLists.FilterFor(peers));
        // Any key that is trusted may be a monitor; who is none has no such events.
        var monitors = pinned.Concat(trust.MostTrusted(MostAuthors)).Distinct().Take(MostAuthors).ToHashSet();
        if (monitors.Count > 0) filters.AddRange(RelayMonitors.FiltersFor(monitors));
        if (filters.Count == 0) return [];

        var events = new List<NostrEvent>();
        await using var subscription = await pool.SubscribeAsync(filters, stop);
        await foreach (var received in subscription.ReadStoredAsync(Patience, stop))
        {
            events.Add(received.Event);
            if (events.Count == MostEvents) break;
        }

        return [.. RelayLists.Read(events, peers.Contains), .. RelayMonitors.Read(events, monitors.Contains, clock.GetUtcNow().ToUnixTimeSeconds())];
    }

    private bool IsTrusted(Hex32 key) => trust.Judge(key) is PeerStanding.Known or PeerStanding.Trusted;
}
