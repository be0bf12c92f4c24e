using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>The most a router takes.</summary>
public sealed record RouterLimits
{
    [JsonPropertyName("max_qps")] public required double MaxQps { get; init; }
    [JsonPropertyName("max_concurrent_jobs")] public required double MaxConcurrentJobs { get; init; }
    [JsonPropertyName("max_payload_bytes")] public required double MaxPayloadBytes { get; init; }
}
