namespace FedAi.Protocol.Messages;

/// <summary>What a federated job used; bytes and ms.</summary>
public sealed record JobUsage
{
    public double? Tokens { get; init; }
    public double? RuntimeMs { get; init; }
    public double? BytesIn { get; init; }
    public double? BytesOut { get; init; }
}
