namespace FedAi.Daemon.Capability;

/// <summary>How fast the data folder's disk is: medians of a short run. Direct says that the system's cache was passed by; without that the figures say little about the disk.</summary>
internal sealed record DiskSample(long WriteMBps, long ReadMBps, long RandomReadsPerSecond, bool Direct);
