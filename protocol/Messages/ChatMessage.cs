namespace FedAi.Protocol.Messages;

/// <summary>One chat message (DECISIONS E2): role is system, user, assistant or tool.</summary>
public sealed record ChatMessage
{
    public required string Role { get; init; }
    public required string Content { get; init; }
    public string? Name { get; init; }
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }
    public string? ToolCallId { get; init; }
}
