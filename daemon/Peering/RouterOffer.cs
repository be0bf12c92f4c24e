using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>What a router has to announce at this moment. Key, times and expiry are put in when it is announced.</summary>
internal sealed record RouterOffer(CapabilityProfile Caps, LoadSummary Load)
{
    /// <summary>At most one a job type; what is not priced has none.</summary>
    public IReadOnlyList<PriceSheet> Prices { get; init; } = [];

    /// <summary>The newest part of the books; null when nothing was metered in it.</summary>
    public ReceiptWindow? Receipts { get; init; }
}
