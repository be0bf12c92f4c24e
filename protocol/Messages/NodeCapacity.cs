namespace FedAi.Protocol.Messages;

/// <summary>How many requests a node takes at once, and how many it has.</summary>
public sealed record NodeCapacity
{
    public required double MaxConcurrent { get; init; }
    public required double CurrentLoad { get; init; }
}
