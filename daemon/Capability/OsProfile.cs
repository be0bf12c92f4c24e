namespace FedAi.Daemon.Capability;

/// <summary>The operating system: its name and version, the numbers of the kernel's version, what container runtime is installed, and whether this itself is a container or a virtual machine.</summary>
internal sealed record OsProfile
{
    public required string Distro { get; init; }
    public required string Kernel { get; init; }
    public string? ContainerRuntime { get; init; }
    public string? Container { get; init; }
    public bool IsVirtualMachine { get; init; }
}
