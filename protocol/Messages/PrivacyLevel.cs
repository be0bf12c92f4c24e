using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>Who may see a payload; see DECISIONS E10. A federation message without a level counts as PL3.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PrivacyLevel>))]
public enum PrivacyLevel
{
    [JsonStringEnumMemberName("PL0")] PL0,
    [JsonStringEnumMemberName("PL1")] PL1,
    [JsonStringEnumMemberName("PL2")] PL2,
    [JsonStringEnumMemberName("PL3")] PL3,
}
