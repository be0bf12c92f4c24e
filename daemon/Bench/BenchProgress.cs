namespace FedAi.Daemon.Bench;

/// <summary>How far a benchmark is: of the whole, by time, and what it measures now.</summary>
internal sealed record BenchProgress(double Done, TimeSpan Left, string Now);
