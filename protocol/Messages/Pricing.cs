namespace FedAi.Protocol.Messages;

/// <summary>A price hint: rates per token (or second), in <see cref="Currency"/>. Ours are decimal sat with at most 3 places and currency "SAT".</summary>
public sealed record Pricing
{
    public required PricingUnit Unit { get; init; }
    public required double InputRate { get; init; }
    public required double OutputRate { get; init; }
    public required string Currency { get; init; }
}
