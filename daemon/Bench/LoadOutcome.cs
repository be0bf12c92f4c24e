namespace FedAi.Daemon.Bench;

/// <summary>What came of a load: how long it took, how long each request took, how many were not answered well.</summary>
internal sealed record LoadOutcome(TimeSpan Elapsed, IReadOnlyList<double> Milliseconds, int Failures)
{
    public double PerSecond => (Milliseconds.Count - Failures) / Math.Max(Elapsed.TotalSeconds, 1e-9);

    /// <summary>Thousandths of the requests.</summary>
    public double DonePermille => (Milliseconds.Count - Failures) * 1000.0 / Math.Max(1, Milliseconds.Count);
}
