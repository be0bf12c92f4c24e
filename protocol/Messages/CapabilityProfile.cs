namespace FedAi.Protocol.Messages;

/// <summary>What a router offers (kind 30020). transportEndpoints[0] is its HTTP base; a wss relay may follow (DECISIONS E17).</summary>
public sealed record CapabilityProfile
{
    public required string RouterId { get; init; }
    public required IReadOnlyList<string> TransportEndpoints { get; init; }
    public required IReadOnlyList<RouterJobType> SupportedJobTypes { get; init; }
    public required ResourceLimits ResourceLimits { get; init; }
    public required IReadOnlyList<ModelCap> ModelCaps { get; init; }
    public required PrivacyCaps PrivacyCaps { get; init; }
    public required SettlementCaps SettlementCaps { get; init; }
    public RouterAttestation? Attestation { get; init; }
    public required double Timestamp { get; init; }
    public required double Expiry { get; init; }
    public LoadSummary? LoadSummary { get; init; }
    public IReadOnlyList<string>? Features { get; init; }
    public IReadOnlyList<string>? TlsSpki { get; init; }
}
