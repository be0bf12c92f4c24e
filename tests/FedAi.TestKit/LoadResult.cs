namespace FedAi.TestKit;

/// <summary>What a load run saw. Milliseconds hold the requests that were to succeed, in no order; Bodies are their answers.</summary>
internal sealed record LoadResult(TimeSpan Elapsed, IReadOnlyList<double> Milliseconds, IReadOnlyList<byte[]> Bodies, int Refused, IReadOnlyList<string> Surprises)
{
    public double PerSecond => (Milliseconds.Count + Refused) / Elapsed.TotalSeconds;
}
