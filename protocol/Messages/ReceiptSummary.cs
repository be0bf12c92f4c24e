namespace FedAi.Protocol.Messages;

/// <summary>A receipt's hash, announced (kind 30023).</summary>
public sealed record ReceiptSummary
{
    public required string RouterId { get; init; }
    public required string ReceiptId { get; init; }
    public required string ReceiptHash { get; init; }
    public required double Timestamp { get; init; }
    public required double Expiry { get; init; }
}
