using FedAi.Daemon.Capability;
using FedAi.Daemon.Peering;
using FedAi.Runners;

namespace FedAi.Daemon.Bench;

/// <summary>What a node's benchmark is to measure; no runner means that no model is installed.</summary>
internal sealed record NodeBenchInput(MachineProfile Profile, string DataFolder, IReadOnlyList<Uri> Targets, long Seed, bool Short, string Version, IRunner? Runner)
{
    /// <summary>Those of the targets that upload and download may be measured to.</summary>
    public IReadOnlyList<PeerEndpoint> Routers { get; init; } = [];

    /// <summary>Which addresses of this machine and its network they may have.</summary>
    public PrivateNetworks AllowPrivate { get; init; }
}
