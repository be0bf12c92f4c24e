using FedAi.Benchmarks.Rows;

namespace FedAi.Benchmarks;

/// <summary>A measurement that yields one or more figures. Name is what <c>--only</c> takes.</summary>
internal sealed record BenchRow(string Name, Func<Progress, CancellationToken, Task<IReadOnlyList<Figure>>> MeasureAsync)
{
    /// <summary>Every figure the project promises, in the order of the table.</summary>
    public static IReadOnlyList<BenchRow> All(int? enduranceRequests) =>
    [
        new("latency", RouterRows.LatencyAsync),
        new("throughput", RouterRows.ThroughputAsync),
        new("events", EventRow.MeasureAsync),
        new("ingest", IngestRows.IngestAsync),
        new("refused", IngestRows.RefusedAsync),
        new("trust", TrustRow.MeasureAsync),
        new("envelopes", EnvelopeRow.MeasureAsync),
        new("seal", SealRow.MeasureAsync),
        new("streams", StreamRow.MeasureAsync),
        new("reverse", ReverseRow.MeasureAsync),
        new("cpu", ChainRows.CpuPerTokenAsync),
        new("speed", ChainRows.SpeedAsync),
        new("batch", BatchRow.MeasureAsync),
        new("ttft", FirstTokenRow.MeasureAsync),
        new("kv", CacheRow.MeasureAsync),
        new("endurance", (progress, cancellationToken) => EnduranceRow.MeasureAsync(enduranceRequests, progress, cancellationToken)),
        new("coldstart", ColdStartRow.MeasureAsync),
        new("footprint", FootprintRow.MeasureAsync),
        new("profile", ProfileRow.MeasureAsync),
        new("scores", ScoresRow.MeasureAsync),
        new("predict", PredictRow.MeasureAsync),
        new("decision", DecisionRow.MeasureAsync),
    ];
}
