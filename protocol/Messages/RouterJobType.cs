using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>Kinds of work routers price and auction (router federation v0.1).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RouterJobType>))]
public enum RouterJobType
{
    [JsonStringEnumMemberName("EMBEDDING")] Embedding,
    [JsonStringEnumMemberName("RERANK")] Rerank,
    [JsonStringEnumMemberName("CLASSIFY")] Classify,
    [JsonStringEnumMemberName("MODERATE")] Moderate,
    [JsonStringEnumMemberName("TOOL_CALL")] ToolCall,
    [JsonStringEnumMemberName("SUMMARISE")] Summarise,
    [JsonStringEnumMemberName("GEN_CHUNK")] GenChunk,
}
