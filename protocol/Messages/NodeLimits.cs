using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>The most a node takes.</summary>
public sealed record NodeLimits
{
    [JsonPropertyName("max_concurrency")] public required double MaxConcurrency { get; init; }
    [JsonPropertyName("max_payload_bytes")] public required double MaxPayloadBytes { get; init; }
    [JsonPropertyName("max_tokens")] public required double MaxTokens { get; init; }
}
