namespace FedAi.Daemon.Bench;

/// <summary>The time that a benchmark may take, and how much of it is gone. What a slow machine cannot do in it gets a little more, and nothing gets more than <see cref="End"/>.</summary>
internal sealed class BenchClock(TimeSpan budget, TimeProvider time, IProgress<BenchProgress> progress)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60), Most = TimeSpan.FromMinutes(5);

    private readonly long began = time.GetTimestamp();

    /// <summary>What times are measured with.</summary>
    public TimeProvider Time => time;

    public TimeSpan Budget => budget;

    /// <summary>The moment at which everything stops, whatever it has.</summary>
    public TimeSpan End { get; } = budget + Grace < Most ? budget + Grace : Most;

    public TimeSpan Elapsed => time.GetElapsedTime(began);

    public TimeSpan Left => budget - Elapsed;

    /// <summary>Until when a part that should have ended at a moment may go on: half of what there is beyond the budget, so that the parts after it get some too.</summary>
    public TimeSpan Late(TimeSpan until) => until + (End - budget) / 2;

    /// <summary>Whether to measure once more: as long as there is time; then until there are enough rounds, but not much longer; and once in any case.</summary>
    /// <param name="rounds">Those that were measured.</param>
    /// <param name="enough">Rounds that make a good median.</param>
    /// <param name="until">The moment to end at.</param>
    public bool IsDue(int rounds, int enough, TimeSpan until)
    {
        var elapsed = Elapsed;
        return elapsed < until || (rounds < enough && elapsed < Late(until)) || (rounds <= 0 && elapsed < End);
    }

    /// <summary>Tells whoever watches.</summary>
    public void Say(string now)
    {
        var elapsed = Elapsed;
        progress.Report(elapsed < budget ? new BenchProgress(elapsed / budget, budget - elapsed, IsLate: false, now) : new BenchProgress(1, elapsed < End ? End - elapsed : TimeSpan.Zero, IsLate: true, now));
    }
}
