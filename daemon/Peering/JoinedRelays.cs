using FedAi.RelayDiscovery.Connections;
using FedAi.RelayDiscovery.Directories;

namespace FedAi.Daemon.Peering;

/// <summary>Sets the pool's relays: the configured ones, those that routers serve, and of those found the ones that <see cref="RelayChoice"/> names. One thread finds, another knows the routers.</summary>
internal sealed class JoinedRelays(RelayPool pool, RelayOptions options, TimeProvider clock)
{
    /// <summary>How long a relay that served badly is left to the end of the queue.</summary>
    private static readonly TimeSpan BadFor = TimeSpan.FromMinutes(30);

    private readonly IReadOnlyList<PooledRelay> configured = PeeringModule.Relays(options);
    private readonly HashSet<Uri> named = [.. PeeringModule.Relays(options).Select(relay => RelayUrl.TryNormalize(relay.Url.AbsoluteUri, out var one) ? one : relay.Url)];
    private readonly Dictionary<Uri, DateTimeOffset> badUntil = [];

    private readonly Lock gate = new();
    private IReadOnlyList<PooledRelay> peers = [];
    private IReadOnlyList<PooledRelay> chosen = [];

    /// <summary>How many found relays are joined.</summary>
    public int Count { get; private set; }

    public void Join(IReadOnlyList<RankedRelay> found)
    {
        var now = clock.GetUtcNow();
        foreach (var (relay, until) in badUntil)
            if (until <= now) badUntil.Remove(relay);
        var mine = pool.Status.Where(relay => !relay.IsConfigured).ToList();
        foreach (var relay in mine.Where(RelayChoice.IsBad)) badUntil[relay.Relay] = now + BadFor;

        var others = found.Where(relay => !named.Contains(relay.Url)).ToList();
        var staying = mine.Select(relay => relay.Relay).Where(relay => !badUntil.ContainsKey(relay)).ToHashSet();
        var best = RelayChoice.Choose(others, staying, badUntil.Keys.ToHashSet(), options.MaxJoined);
        Count = best.Count;
        lock (gate)
        {
            chosen = [.. best.Select(relay => new PooledRelay(relay.Url, Publishes(relay), Configured: false))];
            Set();
        }
    }

    /// <summary>From now on the relays of these routers.</summary>
    public void Join(IReadOnlyList<PooledRelay> routers)
    {
        lock (gate)
        {
            peers = routers;
            Set();
        }
    }

    /// <summary>Of a relay that is several of these the first counts: a router's own relay is reached as the router says.</summary>
    private void Set() => pool.SetRelays([.. configured.Select(AsAnnounced), .. peers, .. chosen]);

    /// <summary>A configured relay is configured; only its certificate a router that is trusted may explain, where the operator did not.</summary>
    private PooledRelay AsAnnounced(PooledRelay relay) =>
        relay.Client is null && peers.FirstOrDefault(peer => peer.Url == relay.Url)?.Client is { } client ? relay with { Client = client } : relay;

    /// <summary>Only where the operator's own directories sent us: elsewhere other software would show announcements as shop items (DECISIONS E14).</summary>
    private bool Publishes(RankedRelay relay) =>
        options.PublishFound && relay.Descriptor.Write && RelaySources.IsFromDirectory(relay, options);
}
