using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Capability;

/// <summary>What a machine is, as far as it could be read; the shape of WIRE 3.13 with additions. Holds nothing that names one machine, unless <see cref="Ids"/> was asked for.</summary>
internal sealed record MachineProfile
{
    public required HardwareProfile Hardware { get; init; }
    public required NetworkProfile Network { get; init; }
    public required CapabilityBands CapabilityBands { get; init; }
    public required long TakenAtMs { get; init; }

    /// <summary>What could not be read, for a person; never what a file held.</summary>
    public IReadOnlyList<string> Problems { get => field ?? []; init; }

    /// <summary>What names this one machine. Null unless privacy.mode is verbose and privacy.publishHardwareIds is set.</summary>
    public HardwareIds? Ids { get; init; }
}
