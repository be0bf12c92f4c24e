namespace FedAi.Daemon.Hosting;

/// <summary>What a new configuration means for a daemon that runs: the keys that change now, those that wait for a restart, and the options it runs with from now on.</summary>
internal sealed record ReloadPlan(IReadOnlyList<string> Applied, IReadOnlyList<string> NeedRestart, FedAiOptions Running);
