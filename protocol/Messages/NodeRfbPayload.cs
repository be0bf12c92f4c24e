namespace FedAi.Protocol.Messages;

/// <summary>A node asks its peers for bids.</summary>
public sealed record NodeRfbPayload
{
    public required string RequestId { get; init; }
    public RouterJobType? JobType { get; init; }
    public required NodeSizeEstimate SizeEstimate { get; init; }
    public required double DeadlineMs { get; init; }
    public double? MaxRuntimeMs { get; init; }
}
