namespace FedAi.Daemon.Hosting;

/// <summary>The numbers of one set of labels; guarded by its family.</summary>
internal sealed class MetricSeries(int buckets)
{
    public long Count { get; set; }
    public double Value { get; set; }
    public long[] Buckets { get; } = new long[buckets];
}
