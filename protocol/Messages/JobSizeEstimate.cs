namespace FedAi.Protocol.Messages;

/// <summary>Expected size of a federated job.</summary>
public sealed record JobSizeEstimate
{
    public double? Tokens { get; init; }
    public double? Bytes { get; init; }
    public double? Items { get; init; }
}
