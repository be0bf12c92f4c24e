namespace FedAi.Protocol.Messages;

/// <summary>How a router can be paid.</summary>
public sealed record SettlementCaps
{
    public required IReadOnlyList<string> Methods { get; init; }
    public required string Currency { get; init; }
}
