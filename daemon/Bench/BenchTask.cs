namespace FedAi.Daemon.Bench;

/// <summary>One measurement that is repeated until there is a median. A round takes well under a second, so that stopping is quick.</summary>
internal sealed record BenchTask(string Name, string Unit, Func<BenchRound> Round);
