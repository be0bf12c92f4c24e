using FedAi.Protocol.Messages;

namespace FedAi.Runners.Llama.Pipe;

/// <summary>One chat message for the model's template.</summary>
internal sealed record Message(string Role, string Content)
{
    public string? Name { get; init; }

    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }

    public string? ToolCallId { get; init; }

    /// <summary>It makes no sense to a template that knows no tools.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool SpeaksOfTools => ToolCalls is { Count: > 0 } || Role == "tool";
}
