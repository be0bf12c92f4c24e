namespace FedAi.Protocol.Messages;

/// <summary>A router's posted price for one job type (kind 30021).</summary>
public sealed record PriceSheet
{
    public required string RouterId { get; init; }
    public required RouterJobType JobType { get; init; }
    public required FederationPriceUnit Unit { get; init; }

    /// <summary>For readers that know no models: what the dearest one costs.</summary>
    public required double BasePriceMsat { get; init; }
    public string? SurgeModel { get; init; }
    public required double CurrentSurge { get; init; }
    public SlaTargets? SlaTargets { get; init; }
    public required double Timestamp { get; init; }
    public required double Expiry { get; init; }
    public IReadOnlyList<ModelPrice>? Models { get; init; }
}
