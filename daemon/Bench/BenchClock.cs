namespace FedAi.Daemon.Bench;

/// <summary>The time that a benchmark may take, and how much of it is gone.</summary>
internal sealed class BenchClock(TimeSpan budget, TimeProvider time, IProgress<BenchProgress> progress)
{
    private readonly long began = time.GetTimestamp();

    public TimeSpan Budget => budget;

    public TimeSpan Elapsed => time.GetElapsedTime(began);

    public TimeSpan Left => budget - Elapsed;

    /// <summary>Tells whoever watches.</summary>
    public void Say(string now) => progress.Report(new BenchProgress(Math.Clamp(Elapsed / budget, 0, 1), Left > TimeSpan.Zero ? Left : TimeSpan.Zero, now));
}
