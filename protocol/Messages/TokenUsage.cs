namespace FedAi.Protocol.Messages;

/// <summary>Tokens read and written.</summary>
public sealed record TokenUsage
{
    public required double InputTokens { get; init; }
    public required double OutputTokens { get; init; }
}
