namespace FedAi.Protocol.Messages;

/// <summary>One payee's share, in sat.</summary>
public sealed record PaymentSplit
{
    public required PayeeType PayeeType { get; init; }
    public required string PayeeId { get; init; }
    public required double AmountSats { get; init; }
    public PaymentSplitRole? Role { get; init; }
}
