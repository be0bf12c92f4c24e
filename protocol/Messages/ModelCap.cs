namespace FedAi.Protocol.Messages;

/// <summary>A model a router can reach: its context and its longest answer, in tokens.</summary>
public sealed record ModelCap
{
    public required string ModelId { get; init; }
    public double? ContextWindow { get; init; }
    public long? MaxTokens { get; init; }
    public IReadOnlyList<string>? Tools { get; init; }
    /// <summary>What the model can do beyond text at one node at least (<see cref="Rules.ModelFeatures"/>); absent means nothing.</summary>
    public IReadOnlyList<string>? Features { get; init; }
}
