namespace FedAi.Protocol.Messages;

/// <summary>The largest job a router takes.</summary>
public sealed record ResourceLimits
{
    public required double MaxPayloadBytes { get; init; }
    public required double MaxTokens { get; init; }
    public required double MaxConcurrency { get; init; }
}
