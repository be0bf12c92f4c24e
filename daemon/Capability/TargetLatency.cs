using System.Text.Json.Serialization;

namespace FedAi.Daemon.Capability;

/// <summary>One configured target: its median round trip and the standard deviation in ms, or what went wrong.</summary>
internal sealed record TargetLatency(string Target, double? LatencyMs, double? JitterMs, string? Problem)
{
    /// <summary>How long asking it took.</summary>
    [JsonIgnore]
    public TimeSpan Took { get; init; }
}
