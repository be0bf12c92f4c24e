namespace FedAi.Protocol.Messages;

/// <summary>The whole answer, signed by the node that made it. finishReason is stop, length or tool_calls.</summary>
public sealed record InferenceResponse
{
    public required string RequestId { get; init; }
    public required string ModelId { get; init; }
    public required string Output { get; init; }
    public required TokenUsage Usage { get; init; }
    public required double LatencyMs { get; init; }
    public string? FinishReason { get; init; }
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }
}
