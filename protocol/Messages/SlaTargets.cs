namespace FedAi.Protocol.Messages;

/// <summary>Times a router aims at, in ms.</summary>
public sealed record SlaTargets
{
    public required double MaxQueueMs { get; init; }
    public required double ExpectedRuntimeMs { get; init; }
}
