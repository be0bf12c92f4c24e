namespace FedAi.Protocol.Messages;

/// <summary>A piece of a tool call as it is made: index says of which call, counted from 0. The first piece has id and name; the pieces of arguments together are one JSON text.</summary>
public sealed record ToolCallDelta
{
    public required long Index { get; init; }
    public string? Id { get; init; }
    public string? Name { get; init; }
    public string? Arguments { get; init; }
}
