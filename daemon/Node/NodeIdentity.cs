using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Node;

/// <summary>Who this node is and what it offers: its key, its nodeId (the npub, so that stakes and manifests find it), price and limits.</summary>
internal sealed record NodeIdentity(KeyPair Key, NodePricing Pricing, NodeLimits Limits, string? Region)
{
    public string NodeId => Key.PublicKey.Npub;
}
