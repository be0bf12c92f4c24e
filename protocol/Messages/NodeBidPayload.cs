namespace FedAi.Protocol.Messages;

/// <summary>A node's bid.</summary>
public sealed record NodeBidPayload
{
    public required string RequestId { get; init; }
    public string? NodeId { get; init; }
    public double? PriceMsat { get; init; }
    public required double EtaMs { get; init; }
    public required double BidExpiryMs { get; init; }
}
