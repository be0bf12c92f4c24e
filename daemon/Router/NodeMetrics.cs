using System.Diagnostics.Metrics;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>What is counted about asking nodes, over all of them: their names are strangers' texts, so they are no labels.</summary>
internal static class NodeMetrics
{
    private static readonly Meter Meter = new("FedAi.Router");
    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>("fedai.router.node.attempts", description: "Times that a node was asked for an answer, by outcome.");
    private static readonly Gauge<long> Cooling = Meter.CreateGauge<long>("fedai.router.nodes.cooling", description: "Live nodes that failed lately and are asked last.");

    private static readonly Histogram<double> Decisions = Meter.CreateHistogram("fedai.router.decision.seconds", description: "Ranking the nodes for a request.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.. Enumerable.Range(0, 40).Select(step => Math.Round(1e-5 * Math.Pow(1.25, step), 6))] }); // 10 µs to 60 ms

    public static void Decided(TimeSpan took) => Decisions.Record(took.TotalSeconds);

    public static void Count(bool ended, ErrorCode? refusal) => Attempts.Add(1, new KeyValuePair<string, object?>("outcome", Outcome(ended, refusal)));

    /// <summary>How asking a node ended, as metrics show it. Without an end and a refusal the client has left.</summary>
    public static string Outcome(bool ended, ErrorCode? refusal) => refusal switch
    {
        null => ended ? "ok" : "left",
        { } code when NodeFault.IsClients(code) || code.IsOfSize() => "client",
        { } code when NodeFault.IsHonest(code) => "busy",
        _ => "failed",
    };

    public static void ShowCooling(int nodes) => Cooling.Record(nodes);
}
