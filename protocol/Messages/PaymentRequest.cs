namespace FedAi.Protocol.Messages;

/// <summary>Asks for a payment before work is done (HTTP 402).</summary>
public sealed record PaymentRequest
{
    public required string RequestId { get; init; }
    public required PayeeType PayeeType { get; init; }
    public required string PayeeId { get; init; }
    public required double AmountSats { get; init; }
    public required string Invoice { get; init; }
    public required double ExpiresAtMs { get; init; }
    public string? PaymentHash { get; init; }
    public IReadOnlyList<PaymentSplit>? Splits { get; init; }
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
