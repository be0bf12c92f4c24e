namespace FedAi.RelayDiscovery.Directories;

/// <summary>What one source says of one relay; nothing of it is proven. What it does not say is null.</summary>
/// <param name="Source">Who says it, for people: <c>bootstrap</c>, a directory's address, a peer's list, the monitors.</param>
public sealed record RelayClaim(Uri Url, string Source)
{
    public bool? Read { get; init; }
    public bool? Write { get; init; }
    public double? Score { get; init; }
    public long? LatencyMs { get; init; }
    public long? LastSeenMs { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
}
