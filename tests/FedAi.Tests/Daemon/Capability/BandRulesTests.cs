using FedAi.Daemon.Capability;

namespace FedAi.Tests.Daemon.Capability;

public sealed class BandRulesTests
{
    private static readonly BandOptions Default = new();

    [Theory]
    [InlineData(7, 7000, true, "cpu_low")]
    [InlineData(8, 8000, true, "cpu_mid")]
    [InlineData(15, 30000, true, "cpu_mid")]
    [InlineData(16, 32000, true, "cpu_high")]
    [InlineData(16, 32000, false, "cpu_mid")]
    [InlineData(64, 500, true, "cpu_low")]
    [InlineData(64, 8000, true, "cpu_mid")]
    public void Cpu_AtItsBorders_IsTheBand(int cores, int milli, bool avx2, string band) =>
        BandRules.Cpu(new CpuProfile { Arch = "x86_64", Cores = cores, Threads = cores, UsableMilli = milli, Flags = avx2 ? ["avx2"] : [] }, Default).ShouldBe(band);

    [Theory]
    [InlineData(4, false, "ram_8")]
    [InlineData(15, false, "ram_8")]
    [InlineData(15.1, false, "ram_16")]
    [InlineData(15.9, true, "ram_8")]
    [InlineData(16, true, "ram_16")]
    [InlineData(30, false, "ram_16")]
    [InlineData(31.9, true, "ram_16")]
    [InlineData(31.9, false, "ram_32")]
    [InlineData(32, true, "ram_32")]
    [InlineData(60, false, "ram_32")]
    [InlineData(63.9, true, "ram_32")]
    [InlineData(64, true, "ram_64_plus")]
    [InlineData(62.6, false, "ram_64_plus")]
    public void Ram_AtItsBorders_IsTheBand(double gib, bool limited, string band) =>
        BandRules.Ram(new MemoryProfile { TotalBytes = (long)(gib * (1L << 30)), AvailableBytes = 0, IsLimited = limited }, Default).ShouldBe(band);

    [Theory]
    [InlineData("ssd", null, false, "disk_ssd")]
    [InlineData("hdd", 5000L, true, "disk_hdd")]
    [InlineData("unknown", null, false, "disk_unknown")]
    [InlineData("unknown", 999L, true, "disk_unknown")]
    [InlineData("unknown", 1000L, true, "disk_ssd")]
    [InlineData("unknown", 90000L, false, "disk_unknown")]
    public void Disk_WithASample_IsTheBand(string type, long? reads, bool direct, string band) =>
        BandRules.Disk(new DiskProfile { Type = type, FreeBytes = 1, Sample = reads is { } value ? new DiskSample(1, 1, value, direct) : null }, Default).ShouldBe(band);

    [Theory]
    [InlineData(null, null, null, "net_unknown")]
    [InlineData(39.9, 20.0, 10.0, "net_good")]
    [InlineData(40.0, 20.0, 10.0, "net_ok")]
    [InlineData(10.0, 20.1, 10.0, "net_ok")]
    [InlineData(10.0, 1.0, 9.9, "net_ok")]
    [InlineData(10.0, 1.0, null, "net_ok")]
    [InlineData(99.9, 50.0, 2.0, "net_ok")]
    [InlineData(100.0, 1.0, 100.0, "net_poor")]
    [InlineData(10.0, 50.1, 100.0, "net_poor")]
    [InlineData(10.0, 1.0, 1.9, "net_poor")]
    public void Net_AtItsBorders_IsTheBand(double? latency, double? jitter, double? upload, string band) =>
        BandRules.Net(new NetworkProfile { LatencyMs = latency, JitterMs = jitter, UploadMbps = upload }, Default).ShouldBe(band);

    [Theory]
    [InlineData(null, true, "gpu_none")]
    [InlineData(1023L, true, "gpu_none")]
    [InlineData(1024L, true, "gpu_8gb")]
    [InlineData(11_999L, true, "gpu_8gb")]
    [InlineData(12_000L, true, "gpu_16gb")]
    [InlineData(19_999L, true, "gpu_16gb")]
    [InlineData(20_000L, true, "gpu_24gb_plus")]
    [InlineData(80_000L, false, "gpu_none")]
    public void Gpu_AtItsBorders_IsTheBand(long? mebibytes, bool usable, string band) =>
        BandRules.Gpu(new GpuProfile { Vendor = "nvidia", VramMb = mebibytes, Runtime = new GpuRuntime(usable, false) }, Default).ShouldBe(band);

    [Fact]
    public void Bands_OtherThresholds_MoveTheBorders() =>
        BandRules.Cpu(new CpuProfile { Arch = "x86_64", Cores = 4, Threads = 4, UsableMilli = 4000, Flags = ["avx2"] }, Default with { CpuMidCores = 2, CpuHighCores = 4 }).ShouldBe("cpu_high");
}
