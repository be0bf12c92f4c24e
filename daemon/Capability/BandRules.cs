using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Capability;

/// <summary>From figures to the coarse bands that others see (WIRE 3.13). Pure.</summary>
internal static class BandRules
{
    private const long GiB = 1L << 30;

    public static CapabilityBands Of(HardwareProfile hardware, NetworkProfile network, BandOptions options) => new()
    {
        Cpu = Cpu(hardware.Cpu, options),
        Ram = Ram(hardware.Memory, options),
        Disk = Disk(hardware.Disk, options),
        Net = Net(network, options),
        Gpu = Gpu(hardware.Gpu, options),
    };

    /// <summary>The same machine, knowing also what a benchmark measured of its disk.</summary>
    public static MachineProfile Refine(MachineProfile profile, BenchResult? bench, BandOptions options)
    {
        if (profile.Hardware.Disk.Sample is not null || bench?.Of(FigureNames.DiskRandom) is not { } reads) return profile;
        var hardware = profile.Hardware with { Disk = profile.Hardware.Disk with { Sample = new DiskSample(bench.Of(FigureNames.DiskWrite) ?? 0, bench.Of(FigureNames.DiskRead) ?? 0, reads, Direct: true) } };
        return profile with { Hardware = hardware, CapabilityBands = Of(hardware, profile.Network, options) };
    }

    public static string Cpu(CpuProfile cpu, BandOptions options)
    {
        var cores = Cores(cpu);
        return cores >= options.CpuHighCores && cpu.Has("avx2") ? "cpu_high" : cores >= options.CpuMidCores ? "cpu_mid" : "cpu_low";
    }

    public static string Ram(MemoryProfile memory, BandOptions options)
    {
        bool Has(int gib) => Reaches(memory, gib, options);
        return Has(64) ? "ram_64_plus" : Has(32) ? "ram_32" : Has(16) ? "ram_16" : "ram_8";
    }

    /// <summary>Whether there are so many GiB. A limit is exact; of what is installed a part never shows.</summary>
    public static bool Reaches(MemoryProfile memory, int gib, BandOptions options) =>
        memory.TotalBytes >= (memory.IsLimited ? gib * GiB : gib * GiB / 100 * (100 - options.RamReservedPercent));

    /// <summary>Whether one of the machine's five bands is called that.</summary>
    public static bool Has(CapabilityBands bands, string band) => band == bands.Cpu || band == bands.Ram || band == bands.Disk || band == bands.Net || band == bands.Gpu;

    /// <summary>Cores that may be used: of 64 of which a control group leaves half of one, none.</summary>
    public static int Cores(CpuProfile cpu) => Math.Min(cpu.Cores, cpu.UsableMilli / 1000);

    /// <summary>What the system says; where it does not know, or speaks of a virtual disk, a sample that no spinning disk could give.</summary>
    public static string Disk(DiskProfile disk, BandOptions options) => disk.Type switch
    {
        DiskProfile.Ssd => "disk_ssd",
        DiskProfile.Hdd => "disk_hdd",
        _ => disk.Sample is { Direct: true } sample && sample.RandomReadsPerSecond >= options.SsdReadsPerSecond ? "disk_ssd" : "disk_unknown",
    };

    public static string Net(NetworkProfile network, BandOptions options)
    {
        if (network.LatencyMs is not { } latency) return "net_unknown";
        var jitter = network.JitterMs ?? 0;
        if (latency < options.NetGoodLatencyMs && jitter <= options.NetGoodJitterMs && network.UploadMbps >= options.NetGoodUploadMbps) return "net_good";
        return latency < options.NetOkLatencyMs && jitter <= options.NetOkJitterMs && !(network.UploadMbps < options.NetOkUploadMbps) ? "net_ok" : "net_poor";
    }

    /// <summary>Memory that no usable driver reaches counts for nothing.</summary>
    public static string Gpu(GpuProfile gpu, BandOptions options)
    {
        var memory = gpu.Runtime is { Cuda: false, Rocm: false } ? 0 : gpu.VramMb ?? 0;
        return memory >= options.Gpu24Mb ? "gpu_24gb_plus" : memory >= options.Gpu16Mb ? "gpu_16gb" : memory >= options.Gpu8Mb ? "gpu_8gb" : "gpu_none";
    }
}
