using System.Text.Json;

namespace FedAi.Protocol.Messages;

/// <summary>What is hashed of a request that has more than a prompt or messages (DECISIONS E3). It does not travel by itself.</summary>
public sealed record PromptParts
{
    public string? Prompt { get; init; }
    public IReadOnlyList<ChatMessage>? Messages { get; init; }
    public IReadOnlyList<string>? Inputs { get; init; }
    public JsonElement? Tools { get; init; }
    public JsonElement? ToolChoice { get; init; }
    public JsonElement? ResponseFormat { get; init; }
}
