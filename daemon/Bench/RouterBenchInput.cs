namespace FedAi.Daemon.Bench;

/// <summary>What a router's benchmark runs with: the executable to measure, and the folder whose disk it will use.</summary>
internal sealed record RouterBenchInput(string Executable, string DataFolder, long Seed, bool Short, string Version);
