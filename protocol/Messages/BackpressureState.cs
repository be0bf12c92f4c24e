using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>How busy a router says it is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BackpressureState>))]
public enum BackpressureState
{
    [JsonStringEnumMemberName("NORMAL")] Normal,
    [JsonStringEnumMemberName("BUSY")] Busy,
    [JsonStringEnumMemberName("SATURATED")] Saturated,
}
