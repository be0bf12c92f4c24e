namespace FedAi.Daemon.Capability;

/// <summary>What names one machine and so its owner. Read only when the operator opted in, and then published for good: relays keep what they get.</summary>
internal sealed record HardwareIds
{
    public string? HostName { get; init; }
    public string? MachineId { get; init; }
    public string? CpuModel { get; init; }
    public IReadOnlyList<string> Board { get => field ?? []; init; }
    public IReadOnlyList<string> Disks { get => field ?? []; init; }
    public IReadOnlyList<string> Gpus { get => field ?? []; init; }
    public IReadOnlyList<string> MacAddresses { get => field ?? []; init; }
    public string? Kernel { get; init; }
}
