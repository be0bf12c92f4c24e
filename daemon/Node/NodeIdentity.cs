using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Node;

/// <summary>Who this node is and what it offers: its key, its nodeId (the npub, so that stakes and manifests find it), price and limits. Limits may change while it runs; a price must not, because a router that knows the old one would refuse the bill.</summary>
internal sealed class NodeIdentity(KeyPair key, NodePricing pricing, NodeLimits limits, string? region)
{
    private volatile NodeLimits limits = limits;

    public KeyPair Key => key;

    public NodePricing Pricing => pricing;

    public NodeLimits Limits
    {
        get => limits;
        set => limits = value;
    }

    public string? Region => region;

    public string NodeId => Key.PublicKey.Npub;
}
