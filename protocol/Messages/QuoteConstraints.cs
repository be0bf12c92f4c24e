namespace FedAi.Protocol.Messages;

/// <summary>Limits a client puts on a quote.</summary>
public sealed record QuoteConstraints
{
    public IReadOnlyList<string>? Regions { get; init; }
    public double? MinTrustScore { get; init; }
    public double? MaxPrice { get; init; }
}
