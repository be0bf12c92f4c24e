namespace FedAi.Protocol.Messages;

/// <summary>A bid (kind 20021).</summary>
public sealed record BidPayload
{
    public required string JobId { get; init; }
    public required double PriceMsat { get; init; }
    public required double EtaMs { get; init; }
    public required string CapacityToken { get; init; }
    public BidConstraints? Constraints { get; init; }
    public required string BidHash { get; init; }
}
