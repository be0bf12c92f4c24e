using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>Whether a metered run ended, was cut short, or failed (DECISIONS E4).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MeteringStatus>))]
public enum MeteringStatus
{
    [JsonStringEnumMemberName("complete")] Complete,
    [JsonStringEnumMemberName("partial")] Partial,
    [JsonStringEnumMemberName("failed")] Failed,
}
