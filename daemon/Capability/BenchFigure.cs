namespace FedAi.Daemon.Capability;

/// <summary>One measured figure: the median of so many rounds, and the spread around it (quartile to quartile, thousandths of the median). Integers, because they are signed.</summary>
internal sealed record BenchFigure(string Name, string Unit, long Median, int SpreadPermille, int Rounds);
