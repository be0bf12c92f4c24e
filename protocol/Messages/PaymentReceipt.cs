namespace FedAi.Protocol.Messages;

/// <summary>Says that a payment was made.</summary>
public sealed record PaymentReceipt
{
    public required string RequestId { get; init; }
    public required PayeeType PayeeType { get; init; }
    public required string PayeeId { get; init; }
    public required double AmountSats { get; init; }
    public required double PaidAtMs { get; init; }
    public string? PaymentHash { get; init; }
    public string? Preimage { get; init; }
    public string? Invoice { get; init; }
    public IReadOnlyList<PaymentSplit>? Splits { get; init; }
}
