using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>How a federated result is checked.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ValidationMode>))]
public enum ValidationMode
{
    [JsonStringEnumMemberName("NONE")] None,
    [JsonStringEnumMemberName("HASH_ONLY")] HashOnly,
    [JsonStringEnumMemberName("REDUNDANT_N")] RedundantN,
    [JsonStringEnumMemberName("DETERMINISTIC_CHECK")] DeterministicCheck,
}
