namespace FedAi.Protocol.Messages;

/// <summary>
/// A router's answer to <see cref="QuoteRequest"/>, valid until expiresAtMs. node is whom to seal the request to (DECISIONS E11), maxTokens the most that
/// it writes in an answer, contextWindow what prompt and answer may have together, in tokens: what is sealed must fit, for only the node can open it.
/// </summary>
public sealed record QuoteResponse
{
    public required string RequestId { get; init; }
    public required string ModelId { get; init; }
    public required string NodeId { get; init; }
    public required QuotePrice Price { get; init; }
    public required double LatencyEstimateMs { get; init; }
    public required double ExpiresAtMs { get; init; }
    public NodeSealKey? Node { get; init; }
    public double? MaxTokens { get; init; }
    public double? ContextWindow { get; init; }
}
