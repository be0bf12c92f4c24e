using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.Daemon.Peering;

/// <summary>Routers' own relays as members of the pool, each over a client that knows its certificate. For one thread.</summary>
internal sealed class PeerRelayPool(JoinedRelays all, RelayOptions options, HttpOptions http, PublicAddress own, RelayOutlet? outlet = null)
{
    private readonly HashSet<Uri> configured = [.. PeeringModule.Relays(options).Select(relay => relay.Url)];
    private List<(PeerRelay Relay, PooledRelay Pooled)> joined = [];

    /// <summary>The relay a router names; null when it names none that may be used, or this daemon's own.</summary>
    public PeerRelay? RelayOf(PublicKey router, CapabilityProfile profile) =>
        PeerRelay.Of(router, profile, options.AllowPlain) is { } relay && relay.Url.Authority != own.Endpoint?.Authority ? relay : null;

    /// <summary>
    /// From now on these, beside all others; whether that is a change. Of a relay that the operator configured only a trusted router may say
    /// which certificate is its own.
    /// </summary>
    public bool Join(IReadOnlyList<PeerRelay> relays, Func<PeerRelay, bool> trusts)
    {
        var before = joined;
        joined = [.. relays.Where(relay => !configured.Contains(relay.Url) || (relay.TlsSpki is { Count: > 0 } && trusts(relay))).Select(relay => (relay, before.Find(old => old.Relay.IsSameAs(relay)).Pooled ?? Connect(relay)))];
        if (joined.Select(one => one.Pooled).SequenceEqual(before.Select(one => one.Pooled))) return false;
        all.Join([.. joined.Select(one => one.Pooled)]);
        return true;
    }

    /// <summary>A router announces itself at its peers; others only read there. A wrong hash keeps nobody from a relay that authorities vouch for. The client goes with its last connection, which nobody here sees end.</summary>
    private PooledRelay Connect(PeerRelay relay) => configured.Contains(relay.Url)
        ? new PooledRelay(relay.Url, Publishes: false, Client: PeerHttp.ForRelays(PrivateNetworks.Lan, relay.TlsSpki, authoritiesToo: true))
        : new PooledRelay(relay.Url, Publishes: outlet is not null, Configured: false, PeerHttp.ForRelays(http.AllowPrivate, relay.TlsSpki, authoritiesToo: true));
}
