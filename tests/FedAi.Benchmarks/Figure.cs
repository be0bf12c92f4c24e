namespace FedAi.Benchmarks;

/// <summary>One line of the table: what was wanted, what was measured, and whether that is enough. Beside holds the figure to compare with.</summary>
internal sealed record Figure(string Name, string Reach, string Got, bool Ok, string Beside = "");
