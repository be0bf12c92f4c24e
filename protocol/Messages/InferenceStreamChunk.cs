namespace FedAi.Protocol.Messages;

/// <summary>One piece of a streamed answer (SSE event <c>chunk</c>). toolCalls are pieces too. The last chunk of a stream may carry finishReason.</summary>
public sealed record InferenceStreamChunk
{
    public required string RequestId { get; init; }
    public required string ModelId { get; init; }
    public required string Delta { get; init; }
    public required long Index { get; init; }
    public string? FinishReason { get; init; }
    public IReadOnlyList<ToolCallDelta>? ToolCalls { get; init; }
}
