namespace FedAi.Protocol.Messages;

/// <summary>A model as a runner describes it; the context window is in tokens.</summary>
public sealed record ModelInfo
{
    public required string Id { get; init; }
    public string? Family { get; init; }
    public string? Version { get; init; }
    public required double ContextWindow { get; init; }
}
