using System.Globalization;

namespace FedAi.Daemon.Bench;

/// <summary>How long decisions took, as a running router counts them itself: up to each bound (µs), how many took no longer.</summary>
internal sealed record DecisionTimes(IReadOnlyList<(double Bound, long Count)> Buckets)
{
    private const string Bucket = "fedai_router_decision_seconds_bucket{le=\"";

    /// <summary>All since the router was started; from the text of its <c>/metrics</c>.</summary>
    public static DecisionTimes Read(string metrics) => new(
    [
        .. from line in metrics.Split('\n')
           where line.StartsWith(Bucket, StringComparison.Ordinal)
           let parts = line[Bucket.Length..].Split("\"} ")
           select (parts[0] == "+Inf" ? double.PositiveInfinity : double.Parse(parts[0], CultureInfo.InvariantCulture) * 1e6, long.Parse(parts[1], CultureInfo.InvariantCulture)),
    ]);

    /// <summary>Those that came after an earlier look.</summary>
    public DecisionTimes Since(DecisionTimes before) =>
        new([.. Buckets.Select((bucket, at) => (bucket.Bound, bucket.Count - (before.Buckets.Count > at ? before.Buckets[at].Count : 0)))]);

    /// <summary>What the given share of the decisions did not exceed, in µs: between two bounds as if evenly spread, and beyond the last one that.</summary>
    public double Percentile(double share)
    {
        var (rank, least, below) = (share * Buckets[^1].Count, 0.0, 0L);
        foreach (var (bound, count) in Buckets)
        {
            if (double.IsInfinity(bound)) break;
            if (count >= rank && count > below) return least + ((bound - least) * (rank - below) / (count - below));
            (least, below) = (bound, count);
        }

        return least;
    }
}
