namespace FedAi.Daemon.Capability;

/// <summary>Memory in bytes, and no more than the control groups around this process leave.</summary>
internal sealed record MemoryProfile
{
    public required long TotalBytes { get; init; }
    public required long AvailableBytes { get; init; }

    /// <summary>Whether a control group, and not the machine, sets the total.</summary>
    public bool IsLimited { get; init; }
}
