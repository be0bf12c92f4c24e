namespace FedAi.Protocol.Messages;

/// <summary>One model a node serves: window and answer limit in tokens, price, typical latency, and the SHA-256 of its file (hex) if it comes from one.</summary>
public sealed record Capability
{
    public required string ModelId { get; init; }
    public required double ContextWindow { get; init; }
    public required double MaxTokens { get; init; }
    public required Pricing Pricing { get; init; }
    public double? LatencyEstimateMs { get; init; }
    public IReadOnlyList<RouterJobType>? JobTypes { get; init; }
    /// <summary>What the model can do beyond text (<see cref="Rules.ModelFeatures"/>); absent means nothing.</summary>
    public IReadOnlyList<string>? Features { get; init; }
    public string? ModelHash { get; init; }
}
