namespace FedAi.Protocol.Messages;

/// <summary>Asks a router what a request would cost (POST /quote); sizes in tokens.</summary>
public sealed record QuoteRequest
{
    public required string RequestId { get; init; }
    public required string ModelId { get; init; }
    public required double MaxTokens { get; init; }
    public required double InputTokensEstimate { get; init; }
    public required double OutputTokensEstimate { get; init; }
    public RouterJobType? JobType { get; init; }
    public QuoteConstraints? Constraints { get; init; }
    public PrivacyLevel? PrivacyLevel { get; init; }
}
