using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace FedAi.Daemon.Hosting;

/// <summary>One instrument and its series, one per set of labels.</summary>
internal sealed class MetricFamily
{
    // Labels come from closed sets (routes, codes, models); past this something feeds them from outside, and is not followed.
    private const int MaxSeries = 500;

    private readonly Lock gate = new();
    private readonly Dictionary<string, MetricSeries> series = new(StringComparer.Ordinal);
    private readonly string? description;
    private readonly string type;
    private readonly bool adds;
    private readonly IReadOnlyList<double> bounds;

    public MetricFamily(Instrument instrument)
    {
        description = instrument.Description;
        bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries ?? [];
        var generic = instrument.GetType().GetGenericTypeDefinition();
        adds = generic == typeof(Counter<>) || generic == typeof(UpDownCounter<>);
        type = generic == typeof(Histogram<>) ? "histogram" : generic == typeof(Counter<>) || generic == typeof(ObservableCounter<>) ? "counter" : "gauge";
        Name = instrument.Name.Replace('.', '_') + (type == "counter" ? "_total" : "");
    }

    public string Name { get; }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        lock (gate)
        {
            if (!series.TryGetValue(labels, out var one))
            {
                if (series.Count >= MaxSeries) return;
                series.Add(labels, one = new MetricSeries(bounds.Count));
            }

            one.Count++;
            one.Value = adds || type == "histogram" ? one.Value + value : value;
            for (var i = 0; i < bounds.Count; i++)
                if (value <= bounds[i]) one.Buckets[i]++;
        }
    }

    public void WriteTo(StringBuilder text)
    {
        lock (gate)
        {
            text.Append("# HELP ").Append(Name).Append(' ').AppendLine(description);
            text.Append("# TYPE ").Append(Name).Append(' ').AppendLine(type);
            foreach (var (labels, one) in series)
            {
                if (type != "histogram")
                {
                    Line(text, "", labels, one.Value);
                    continue;
                }

                var prefix = labels.Length == 0 ? "" : labels + ",";
                for (var i = 0; i < bounds.Count; i++)
                    Line(text, "_bucket", $"{prefix}le=\"{bounds[i].ToString(CultureInfo.InvariantCulture)}\"", one.Buckets[i]);
                Line(text, "_bucket", $"{prefix}le=\"+Inf\"", one.Count);
                Line(text, "_sum", labels, one.Value);
                Line(text, "_count", labels, one.Count);
            }
        }
    }

    private void Line(StringBuilder text, string suffix, string labels, double value)
    {
        text.Append(Name).Append(suffix);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').AppendLine(value.ToString(CultureInfo.InvariantCulture));
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0) return "";
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            if (text.Length > 0) text.Append(',');
            var escaped = Convert.ToString(value, CultureInfo.InvariantCulture)!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(name).Append("=\"").Append(escaped).Append('"');
        }

        return text.ToString();
    }
}
