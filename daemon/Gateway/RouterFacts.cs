using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;

namespace FedAi.Daemon.Gateway;

/// <summary>What this gateway itself knows of a router: what it measured, how the key stands, and its trust score (0 to 1000).</summary>
internal readonly record struct RouterFacts(PeerObservation Seen, PeerStanding Standing, int Trust)
{
    /// <summary>Whether the operator's lists or the web of trust keep the router out.</summary>
    public bool KeptOut => Standing is PeerStanding.Blocked or PeerStanding.Muted or PeerStanding.NotAllowed or PeerStanding.Distrusted;
}
