namespace FedAi.Protocol.Messages;

/// <summary>One frame of a sealed answer to a request with tools: a frame of text and one of tool calls look alike from outside (DECISIONS E11).</summary>
public sealed record SealedDelta
{
    public string? Text { get; init; }
    public IReadOnlyList<ToolCallDelta>? ToolCalls { get; init; }
}
