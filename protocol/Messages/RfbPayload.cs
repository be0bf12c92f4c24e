namespace FedAi.Protocol.Messages;

/// <summary>A router asks for bids (kind 20020).</summary>
public sealed record RfbPayload
{
    public required string JobId { get; init; }
    public required RouterJobType JobType { get; init; }
    public required PrivacyLevel PrivacyLevel { get; init; }
    public required JobSizeEstimate SizeEstimate { get; init; }
    public required double DeadlineMs { get; init; }
    public required double MaxPriceMsat { get; init; }
    public RequiredCaps? RequiredCaps { get; init; }
    public required ValidationMode ValidationMode { get; init; }
    public string? TransportHint { get; init; }
    public IReadOnlyDictionary<string, string>? PayloadDescriptor { get; init; }
    public required string JobHash { get; init; }
}
