using FedAi.Daemon.Capability;
using FedAi.Runners;
using FedAi.Runners.Llama;

namespace FedAi.Daemon.Bench;

/// <summary>What a node's benchmark is to measure; no runner means that no model is installed, no shape that its file is not here.</summary>
internal sealed record NodeBenchInput(MachineProfile Profile, string DataFolder, IReadOnlyList<Uri> Targets, long Seed, bool Short, string Version, IRunner? Runner, ModelShape? Shape = null);
