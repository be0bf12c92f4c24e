namespace FedAi.Protocol.Messages;

/// <summary>An award (kind 20022).</summary>
public sealed record AwardPayload
{
    public required string JobId { get; init; }
    public required string WinnerRouterId { get; init; }
    public required double AcceptedPriceMsat { get; init; }
    public required double AwardExpiry { get; init; }
    public DataPlaneSession? DataPlaneSession { get; init; }
    public PaymentTerms? PaymentTerms { get; init; }
    public required string AwardHash { get; init; }
}
