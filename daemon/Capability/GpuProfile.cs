namespace FedAi.Daemon.Capability;

/// <summary>The strongest GPU: vendor (nvidia, amd, intel, or null), memory in MiB (null when unknown), and which runtimes are usable.</summary>
internal sealed record GpuProfile
{
    public string? Vendor { get; init; }
    public long? VramMb { get; init; }
    public int Count { get; init; }
    public required GpuRuntime Runtime { get; init; }
}
