namespace FedAi.Daemon.Capability;

/// <summary>Reads the whole machine. Within 2 s but for the network, whose targets take at most 3 s together.</summary>
internal static class MachineScan
{
    public static async Task<MachineProfile> RunAsync(MachineRoot root, string dataFolder, IReadOnlyList<Uri> targets, BandOptions bands, PrivacyOptions privacy, TimeProvider time, CancellationToken cancellationToken)
    {
        var network = NetworkScan.MeasureAsync(root, targets, time, cancellationToken);
        var gpuNames = privacy.TellsIds() ? new List<string>() : null;
        var (gpu, gpuProblem) = await GpuScan.ReadAsync(root, gpuNames, cancellationToken);
        var limits = CgroupLimits.Read(root);
        var hardware = new HardwareProfile
        {
            Cpu = CpuScan.Read(root, limits.CpuMilli),
            Memory = MemoryScan.Read(root, limits),
            Disk = DiskScan.Read(root, Path.GetFullPath(dataFolder)),
            Gpu = gpu,
            Os = OsScan.Read(root),
        };
        var measured = await network;
        return new MachineProfile
        {
            Hardware = hardware,
            Network = measured,
            CapabilityBands = BandRules.Of(hardware, measured, bands),
            TakenAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Problems = [.. Problems(root, hardware, gpuProblem)],
            Ids = gpuNames is null ? null : HardwareIdScan.Read(root, gpuNames),
        };
    }

    private static IEnumerable<string> Problems(MachineRoot root, HardwareProfile hardware, string? gpu)
    {
        if (root.Text("proc/cpuinfo") is null) yield return "/proc/cpuinfo cannot be read: the processor is what this process sees of it";
        if (root.Text("proc/meminfo") is null) yield return "/proc/meminfo cannot be read: the memory is what the runtime sees of it";
        if (hardware.Disk.Type == DiskProfile.Unknown) yield return $"the disk does not say what kind it is{(hardware.Disk.IsVirtual ? " (it is virtual)" : "")}: fedai profile --disk-sample measures it";
        if (hardware.Disk.FreeBytes == 0) yield return "no space is left for the data folder, or it cannot be told";
        if (gpu is not null) yield return gpu;
    }
}
