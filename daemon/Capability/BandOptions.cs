namespace FedAi.Daemon.Capability;

/// <summary>Where the borders between capability bands lie. Others judge by the names, so change them only when your federation agreed to.</summary>
internal sealed record BandOptions
{
    /// <summary>Physical cores, with AVX2, from which a processor is cpu_high. Default: 16.</summary>
    public int CpuHighCores { get; init; } = 16;

    /// <summary>Physical cores from which a processor is cpu_mid. Default: 8.</summary>
    public int CpuMidCores { get; init; } = 8;

    /// <summary>Percent of the installed memory that firmware and kernel may keep: a machine of 16 GiB shows a little less. Default: 6.</summary>
    public int RamReservedPercent { get; init; } = 6;

    /// <summary>Random reads of 4 KiB per second, one at a time and past the cache, from which a disk that does not say what it is counts as an SSD; spinning ones reach 200. Default: 1000.</summary>
    public int SsdReadsPerSecond { get; init; } = 1000;

    /// <summary>Milliseconds of latency below which a network can be net_good. Default: 40.</summary>
    public int NetGoodLatencyMs { get; init; } = 40;

    /// <summary>Milliseconds of latency below which a network can be net_ok. Default: 100.</summary>
    public int NetOkLatencyMs { get; init; } = 100;

    /// <summary>Milliseconds of jitter up to which a network can be net_good. Default: 20.</summary>
    public int NetGoodJitterMs { get; init; } = 20;

    /// <summary>Milliseconds of jitter up to which a network can be net_ok. Default: 50.</summary>
    public int NetOkJitterMs { get; init; } = 50;

    /// <summary>Megabits per second of upload from which a network can be net_good; one that was not measured cannot. Default: 10.</summary>
    public int NetGoodUploadMbps { get; init; } = 10;

    /// <summary>Megabits per second of upload from which a network can be net_ok. Default: 2.</summary>
    public int NetOkUploadMbps { get; init; } = 2;

    /// <summary>MiB of GPU memory from which a GPU is gpu_8gb. Default: 1024.</summary>
    public int Gpu8Mb { get; init; } = 1024;

    /// <summary>MiB of GPU memory from which a GPU is gpu_16gb. Default: 12000.</summary>
    public int Gpu16Mb { get; init; } = 12_000;

    /// <summary>MiB of GPU memory from which a GPU is gpu_24gb_plus. Default: 20000.</summary>
    public int Gpu24Mb { get; init; } = 20_000;
}
