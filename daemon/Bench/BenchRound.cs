namespace FedAi.Daemon.Bench;

/// <summary>One round of one measurement: the figure, and a checksum of the work's result, which is the same every time.</summary>
internal readonly record struct BenchRound(double Value, ulong Checksum);
