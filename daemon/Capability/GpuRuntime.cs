namespace FedAi.Daemon.Capability;

/// <summary>Whether the driver for a kind of GPU computing is there and answers.</summary>
internal sealed record GpuRuntime(bool Cuda, bool Rocm);
