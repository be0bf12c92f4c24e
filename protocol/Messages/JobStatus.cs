using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>Outcome of a federated job.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobStatus>))]
public enum JobStatus
{
    [JsonStringEnumMemberName("OK")] Ok,
    [JsonStringEnumMemberName("PARTIAL")] Partial,
    [JsonStringEnumMemberName("FAIL")] Fail,
}
