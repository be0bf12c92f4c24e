using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>The peers whose rank by a pinned provider matters here: routers that were heard, whoever this daemon dealt with, and the nodes of a router.</summary>
internal sealed class KnownPeers(RouterDirectory routers, PeerExperience experience)
{
    /// <summary>The nodes that registered here, for a role that has some.</summary>
    public Func<IEnumerable<PublicKey>> Nodes { get; set; } = () => [];

    /// <summary>Each once, the routers first.</summary>
    public IEnumerable<Hex32> Keys => routers.Current.Select(router => router.Key).Concat(Nodes()).Select(Hex32.From).Concat(experience.Peers).Distinct();
}
