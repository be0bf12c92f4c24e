using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>What one unit of a federation price buys.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FederationPriceUnit>))]
public enum FederationPriceUnit
{
    [JsonStringEnumMemberName("PER_JOB")] PerJob,
    [JsonStringEnumMemberName("PER_1K_TOKENS")] Per1KTokens,
    [JsonStringEnumMemberName("PER_MB")] PerMb,
    [JsonStringEnumMemberName("PER_SECOND")] PerSecond,
}
