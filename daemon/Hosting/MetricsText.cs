using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace FedAi.Daemon.Hosting;

/// <summary>Collects every instrument of this product's meters (names begin with <c>FedAi</c>) and writes them as Prometheus text (version 0.0.4).</summary>
internal sealed class MetricsText : IDisposable
{
    private readonly ConcurrentDictionary<Instrument, MetricFamily> families = new();
    private readonly MeterListener listener = new();

    public MetricsText()
    {
        listener.InstrumentPublished = (instrument, source) =>
        {
            if (instrument.Meter.Name.StartsWith("FedAi", StringComparison.Ordinal))
                source.EnableMeasurementEvents(instrument, families.GetOrAdd(instrument, one => new MetricFamily(one)));
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        listener.SetMeasurementEventCallback<long>((_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        listener.SetMeasurementEventCallback<double>((_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        listener.Start();
        // From 0 on, so that the first fault shows as an increase.
        DaemonMetrics.Faults.Add(0);
    }

    public string Write()
    {
        listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var family in families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)) family.WriteTo(text);
        return text.ToString();
    }

    public void Dispose() => listener.Dispose();
}
