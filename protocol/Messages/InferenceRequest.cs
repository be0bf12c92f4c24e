using System.Text.Json;

namespace FedAi.Protocol.Messages;

/// <summary>Work for a model. With messages, prompt holds their text for peers that do not know chat, or is empty towards those that do (DECISIONS E2). salt is 32 bytes base64 and hides the prompt hash (E3). With sealed, all of it but the cost is sealed to the node nodeKeyId names (E11).</summary>
public sealed record InferenceRequest
{
    public required string RequestId { get; init; }
    public required string ModelId { get; init; }
    public required string Prompt { get; init; }
    public required double MaxTokens { get; init; }
    public double? Temperature { get; init; }
    public double? TopP { get; init; }
    public RouterJobType? JobType { get; init; }
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
    public IReadOnlyList<JsonElement>? PaymentReceipts { get; init; }
    public IReadOnlyList<ChatMessage>? Messages { get; init; }
    public long? Seed { get; init; }
    public IReadOnlyList<string>? Stop { get; init; }
    public long? TopK { get; init; }
    public double? MinP { get; init; }
    public double? PresencePenalty { get; init; }
    public double? FrequencyPenalty { get; init; }
    public IReadOnlyDictionary<string, double>? LogitBias { get; init; }
    /// <summary>As OpenAI has it, or the same as JSON text in a string, which keeps the order of its members (DECISIONS E2); so with tools.</summary>
    public JsonElement? ResponseFormat { get; init; }
    public JsonElement? Tools { get; init; }
    public JsonElement? ToolChoice { get; init; }
    /// <summary>The texts to embed, with jobType EMBEDDING (DECISIONS E16).</summary>
    public IReadOnlyList<string>? Inputs { get; init; }
    public string? CacheKey { get; init; }
    public PrivacyLevel? PrivacyLevel { get; init; }
    public string? Salt { get; init; }
    public SealedPrompt? Sealed { get; init; }
    public string? NodeKeyId { get; init; }
}
