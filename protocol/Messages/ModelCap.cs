namespace FedAi.Protocol.Messages;

/// <summary>A model a router can reach.</summary>
public sealed record ModelCap
{
    public required string ModelId { get; init; }
    public double? ContextWindow { get; init; }
    public IReadOnlyList<string>? Tools { get; init; }
}
