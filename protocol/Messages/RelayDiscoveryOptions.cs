namespace FedAi.Protocol.Messages;

/// <summary>With which choices a snapshot was made (WIRE 3.10).</summary>
public sealed record RelayDiscoveryOptions
{
    public IReadOnlyList<string>? BootstrapRelays { get; init; }
    public IReadOnlyList<string>? AggregatorUrls { get; init; }
    public IReadOnlyDictionary<string, double>? TrustScores { get; init; }
    public double? MinScore { get; init; }
    public int? MaxResults { get; init; }
}
