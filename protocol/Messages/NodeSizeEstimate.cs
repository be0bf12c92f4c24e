namespace FedAi.Protocol.Messages;

/// <summary>Expected size of a job.</summary>
public sealed record NodeSizeEstimate
{
    public required double Tokens { get; init; }
    public required double Bytes { get; init; }
}
