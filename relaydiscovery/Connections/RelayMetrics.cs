using System.Diagnostics.Metrics;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>What is counted about relay connections, over all relays: their addresses may be strangers' texts, so they are no labels.</summary>
internal static class RelayMetrics
{
    private static readonly Meter Meter = new("FedAi.RelayDiscovery");

    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>("fedai.relay.attempts", description: "Attempts to connect to a relay.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("fedai.relay.failures", description: "Connections to relays that failed or did not last.");
    private static readonly UpDownCounter<long> States = Meter.CreateUpDownCounter<long>("fedai.relay.states", description: "Relays by state; putaside is an open circuit.");
    private static readonly Counter<long> Published = Meter.CreateCounter<long>("fedai.relay.published", description: "Events of ours and what relays said to them.");
    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>("fedai.relay.dropped", description: "Events of relays that came faster than they were read.");

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("fedai.relay.frames.refused", description: "Frames of relays that were skipped: too long, which is seen before they are parsed, malformed, or not asked for.");

    public static void CountRefused(string reason) => Refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public static void CountAttempt() => Attempts.Add(1);

    public static void CountFailure() => Failures.Add(1);

    public static void CountDropped(int events) => Dropped.Add(events);

    public static void CountPublished(RelayVerdict verdict) => Published.Add(1, new KeyValuePair<string, object?>("verdict", Name(verdict)));

    public static void Move(RelayState from, RelayState to)
    {
        if (from is not RelayState.Idle) States.Add(-1, State(from));
        if (to is not RelayState.Idle) States.Add(1, State(to));
    }

    private static KeyValuePair<string, object?> State(RelayState state) => new("state", Name(state));

    private static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
