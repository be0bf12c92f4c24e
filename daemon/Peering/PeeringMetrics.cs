using System.Diagnostics.Metrics;

namespace FedAi.Daemon.Peering;

/// <summary>What is counted about relays. Tags are reasons from a closed list, never anything a stranger wrote.</summary>
internal static class PeeringMetrics
{
    private static readonly Meter Meter = new("FedAi.Daemon.Peering");

    private static readonly Counter<long> Taken = Meter.CreateCounter<long>("fedai.relay.events.taken", description: "Events from relays that told something new.");
    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>("fedai.relay.events.dropped", description: "Events from relays that were dropped, by reason.");

    public static void Count(IngestVerdict verdict)
    {
        if (verdict is IngestVerdict.Taken) Taken.Add(1);
        else Dropped.Add(1, new KeyValuePair<string, object?>("reason", verdict.Name()));
    }
}
