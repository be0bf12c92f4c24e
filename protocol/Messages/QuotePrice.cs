namespace FedAi.Protocol.Messages;

/// <summary>A total price in a currency.</summary>
public sealed record QuotePrice
{
    public required double Total { get; init; }
    public required string Currency { get; init; }
}
