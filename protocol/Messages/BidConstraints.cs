namespace FedAi.Protocol.Messages;

/// <summary>Limits a bidder puts on a job.</summary>
public sealed record BidConstraints
{
    public double? MaxRuntimeMs { get; init; }
    public double? MaxTokens { get; init; }
}
