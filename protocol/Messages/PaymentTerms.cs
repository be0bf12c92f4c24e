namespace FedAi.Protocol.Messages;

/// <summary>How an awarded job is paid.</summary>
public sealed record PaymentTerms
{
    public required PaymentTermsMode Mode { get; init; }
    public double? MaxCostMsat { get; init; }
}
