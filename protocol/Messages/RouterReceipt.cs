namespace FedAi.Protocol.Messages;

/// <summary>A worker router's signed receipt; the signature covers everything except sig.</summary>
public sealed record RouterReceipt
{
    public required string JobId { get; init; }
    public required string RequestRouterId { get; init; }
    public required string WorkerRouterId { get; init; }
    public required string InputHash { get; init; }
    public string? OutputHash { get; init; }
    public required JobUsage Usage { get; init; }
    public required double PriceMsat { get; init; }
    public required JobStatus Status { get; init; }
    public required double StartedAtMs { get; init; }
    public required double FinishedAtMs { get; init; }
    public required string ReceiptId { get; init; }
    public required string Sig { get; init; }
}
