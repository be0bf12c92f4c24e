namespace FedAi.Protocol.Messages;

/// <summary>A saturated node hands a request back to its router.</summary>
public sealed record NodeOffloadRequest
{
    public required string RequestId { get; init; }
    public required string OriginNodeId { get; init; }
    public required InferenceRequest Request { get; init; }
    public IReadOnlyList<string>? AvoidNodeIds { get; init; }
}
