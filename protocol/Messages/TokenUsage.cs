namespace FedAi.Protocol.Messages;

/// <summary>Tokens read and written.</summary>
public sealed record TokenUsage
{
    public required double InputTokens { get; init; }
    public required double OutputTokens { get; init; }
    /// <summary>Of the input tokens, those that the model remembered from an earlier request; absent means none. They cost the same.</summary>
    public long? CachedTokens { get; init; }
}
