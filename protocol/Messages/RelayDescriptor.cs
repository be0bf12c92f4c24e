namespace FedAi.Protocol.Messages;

/// <summary>A relay as discovery ranked it (WIRE 3.12).</summary>
public sealed record RelayDescriptor
{
    public required string Url { get; init; }
    public required bool Read { get; init; }
    public required bool Write { get; init; }

    /// <summary>0 to 5 with one decimal, from the score.</summary>
    public required double Priority { get; init; }
    public required double Score { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required long LastSeenMs { get; init; }
    public long? LatencyMs { get; init; }
}
