namespace FedAi.Daemon.Capability;

/// <summary>The parts of a machine.</summary>
internal sealed record HardwareProfile
{
    public required CpuProfile Cpu { get; init; }
    public required MemoryProfile Memory { get; init; }
    public required DiskProfile Disk { get; init; }
    public required GpuProfile Gpu { get; init; }
    public required OsProfile Os { get; init; }
}
