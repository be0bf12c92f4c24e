namespace FedAi.Protocol.Messages;

/// <summary>A router's load (kind 30022).</summary>
public sealed record StatusPayload
{
    public required string RouterId { get; init; }
    public required LoadSummary LoadSummary { get; init; }
    public required double Timestamp { get; init; }
    public required double Expiry { get; init; }
}
