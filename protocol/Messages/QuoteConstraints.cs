namespace FedAi.Protocol.Messages;

/// <summary>Limits a client puts on a quote. nodes are the only ones it takes, avoidNodes those it does not; both are npubs. features are what the model must be able to do (<see cref="Rules.ModelFeatures"/>), gpu the least GPU band of the machine.</summary>
public sealed record QuoteConstraints
{
    public IReadOnlyList<string>? Regions { get; init; }
    public double? MinTrustScore { get; init; }
    public double? MaxPrice { get; init; }
    public IReadOnlyList<string>? Nodes { get; init; }
    public IReadOnlyList<string>? AvoidNodes { get; init; }
    public IReadOnlyList<string>? Features { get; init; }
    public string? Gpu { get; init; }
}
