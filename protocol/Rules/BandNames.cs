namespace FedAi.Protocol.Rules;

/// <summary>The bands of a manifest's <c>capability_bands</c> (WIRE 3.10), the least first. <c>_unknown</c> is ours, for what was not measured.</summary>
public static class BandNames
{
    public static IReadOnlyList<string> Cpu { get; } = ["cpu_low", "cpu_mid", "cpu_high"];
    public static IReadOnlyList<string> Ram { get; } = ["ram_8", "ram_16", "ram_32", "ram_64_plus"];
    public static IReadOnlyList<string> Disk { get; } = ["disk_unknown", "disk_hdd", "disk_ssd"];
    public static IReadOnlyList<string> Net { get; } = ["net_unknown", "net_poor", "net_ok", "net_good"];
    public static IReadOnlyList<string> Gpu { get; } = ["gpu_none", "gpu_8gb", "gpu_16gb", "gpu_24gb_plus"];
}
