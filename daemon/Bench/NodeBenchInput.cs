using FedAi.Daemon.Capability;
using FedAi.Runners;

namespace FedAi.Daemon.Bench;

/// <summary>What a node's benchmark is to measure; no runner means that no model is installed.</summary>
internal sealed record NodeBenchInput(MachineProfile Profile, string DataFolder, IReadOnlyList<Uri> Targets, long Seed, bool Short, string Version, IRunner? Runner);
