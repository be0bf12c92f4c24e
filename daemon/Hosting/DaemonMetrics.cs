using System.Diagnostics.Metrics;

namespace FedAi.Daemon.Hosting;

/// <summary>What every role counts about itself.</summary>
internal static class DaemonMetrics
{
    private static readonly Meter Meter = new("FedAi.Daemon");
    private static readonly Counter<long> Requests = Meter.CreateCounter<long>("fedai.requests", description: "Requests answered, by route and status.");
    private static readonly Histogram<double> Durations = Meter.CreateHistogram("fedai.request.duration.seconds", description: "From the first byte of a request to the last of its answer.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30] });

    static DaemonMetrics()
    {
        Meter.CreateObservableGauge("fedai.process.memory.bytes", () => Environment.WorkingSet, description: "Resident memory of this process.");
        Meter.CreateObservableGauge("fedai.process.threads", () => ThreadPool.ThreadCount, description: "Threads of the pool.");
    }

    /// <summary>Exceptions that ended a request with 500; anything above 0 is a bug.</summary>
    public static Counter<long> Faults { get; } = Meter.CreateCounter<long>("fedai.request.faults", description: "Requests that ended with internal-error.");

    public static void Observe(string route, int status, TimeSpan duration)
    {
        Requests.Add(1, new KeyValuePair<string, object?>("route", route), new KeyValuePair<string, object?>("status", status));
        Durations.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("route", route));
    }
}
