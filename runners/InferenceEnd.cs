using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;

namespace FedAi.Runners;

/// <summary>The answer is whole. finishReason is <c>stop</c>, <c>length</c> or <c>tool_calls</c>; counts are the model's own.</summary>
public sealed record InferenceEnd(string FinishReason, int InputTokens, int OutputTokens) : InferenceEvent
{
    /// <summary>The calls that the deltas' pieces make; null when there are none.</summary>
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }

    /// <summary>Tokens of the prompt that the model remembered from a request with the same cache key; they count as input all the same.</summary>
    public int CachedTokens { get; init; }

    /// <summary>The node's two signed envelopes, verified; null inside the node, before they exist.</summary>
    public SignedResult? Signed { get; init; }
}
