using System.Diagnostics;
using FedAi.Daemon.Capability;

namespace FedAi.Daemon.Bench;

/// <summary>From rounds to a figure.</summary>
internal static class BenchStatistics
{
    /// <summary>The share of short samples that may have been disturbed: the rate that the best quarter reaches is the machine's, not that of what else runs.</summary>
    public const double Undisturbed = 0.75;

    public static BenchFigure Figure(string name, string unit, IReadOnlyList<double> rounds) =>
        new(name, unit, (long)Math.Round(Percentile(rounds, 0.5)), Spread(rounds), rounds.Count);

    /// <summary>So much a second since then.</summary>
    public static double Rate(double amount, long began) => amount / Math.Max(Stopwatch.GetElapsedTime(began).TotalSeconds, 1e-9);

    /// <summary>The smallest value that at least the given share of all values does not exceed.</summary>
    public static double Percentile(IReadOnlyList<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>From quartile to quartile, in thousandths of the median.</summary>
    public static int Spread(IReadOnlyList<double> rounds)
    {
        var median = Percentile(rounds, 0.5);
        return median > 0 ? (int)Math.Min(int.MaxValue, (Percentile(rounds, 0.75) - Percentile(rounds, 0.25)) * 1000 / median) : 0;
    }
}
