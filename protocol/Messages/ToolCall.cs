namespace FedAi.Protocol.Messages;

/// <summary>One tool call of an assistant message, in OpenAI's terms.</summary>
public sealed record ToolCall
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Arguments { get; init; }
}
