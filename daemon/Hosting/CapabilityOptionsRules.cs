using System.Globalization;
using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Hosting;

/// <summary>The part of <see cref="OptionsRules"/> that concerns profile, bands, benchmarks and recommendations.</summary>
internal static class CapabilityOptionsRules
{
    private const int MaxTargets = 16;

    private static readonly string[] AllBands = [.. BandNames.Cpu, .. BandNames.Ram, .. BandNames.Disk, .. BandNames.Net, .. BandNames.Gpu];

    public static IEnumerable<string> Problems(FedAiOptions options) =>
    [
        .. Bands(options.Bands),
        .. Bench(options.Bench),
        .. Gates(options.Node.Gates),
        .. Minimums(options.Router.Minimums),
        .. options.Privacy is { PublishHardwareIds: true, Mode: not PrivacyMode.Verbose } ? ["privacy.publishHardwareIds needs privacy.mode verbose beside it; remove it, if nobody shall learn serial numbers and host name"] : Array.Empty<string>(),
    ];

    private static IEnumerable<string> Bands(BandOptions bands) =>
    [
        .. Range("bands.cpuMidCores", bands.CpuMidCores, 1, bands.CpuHighCores),
        .. Range("bands.cpuHighCores", bands.CpuHighCores, 1, 1024),
        .. Range("bands.ramReservedPercent", bands.RamReservedPercent, 0, 50),
        .. Range("bands.ssdReadsPerSecond", bands.SsdReadsPerSecond, 1, 1_000_000),
        .. Range("bands.netGoodLatencyMs", bands.NetGoodLatencyMs, 1, bands.NetOkLatencyMs),
        .. Range("bands.netOkLatencyMs", bands.NetOkLatencyMs, 1, 10_000),
        .. Range("bands.netGoodJitterMs", bands.NetGoodJitterMs, 0, bands.NetOkJitterMs),
        .. Range("bands.netOkJitterMs", bands.NetOkJitterMs, 0, 10_000),
        .. Range("bands.netOkUploadMbps", bands.NetOkUploadMbps, 0, bands.NetGoodUploadMbps),
        .. Range("bands.netGoodUploadMbps", bands.NetGoodUploadMbps, 0, 1_000_000),
        .. Range("bands.gpu8Mb", bands.Gpu8Mb, 1, bands.Gpu16Mb),
        .. Range("bands.gpu16Mb", bands.Gpu16Mb, 1, bands.Gpu24Mb),
        .. Range("bands.gpu24Mb", bands.Gpu24Mb, 1, 10_000_000),
    ];

    private static IEnumerable<string> Bench(BenchOptions bench) =>
    [
        .. Range("bench.nodeSeconds", bench.NodeSeconds, 10, 300),
        .. Range("bench.routerSeconds", bench.RouterSeconds, 120, 300),
        .. bench.Targets.Count > MaxTargets ? [$"bench.targets may have {MaxTargets} entries"] : Array.Empty<string>(),
        .. from target in bench.Targets
           where !Uri.TryCreate(target, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https" or "ws" or "wss") || uri.Host.Length == 0 || uri.UserInfo.Length > 0
           select $"bench.targets: {target} must be an http, https, ws or wss URL without user",
    ];

    private static IEnumerable<string> Gates(NodeGates gates) =>
    [
        .. Range("node.gates.llmCpuMinRamGb", gates.LlmCpuMinRamGb, 0, 4096),
        .. Range("node.gates.llmCpuMinCores", gates.LlmCpuMinCores, 0, 1024),
        .. Range("node.gates.llmGpuMinVramGb", gates.LlmGpuMinVramGb, 0, 4096),
        .. Range("node.gates.llmGpuMinRamGb", gates.LlmGpuMinRamGb, 0, 4096),
        .. Range("node.gates.llmMinTokensPerSecond", gates.LlmMinTokensPerSecond, 0, 10_000),
        .. Range("node.gates.minFreeRamMb", gates.MinFreeRamMb, 0, 1_000_000),
        .. gates.LowConcurrency.SelectMany(entry => ByBand("node.gates.lowConcurrency", entry, value => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 1024,
            "a number from 1 to 1024, such as net_poor=1")),
        .. gates.RolesByBand.SelectMany(entry => ByBand("node.gates.rolesByBand", entry, value => value.Split('+').All(RoleTypes.All.Contains),
            $"roles with + between them, such as cpu_low=prepost_node+policy_node; roles are {string.Join(", ", RoleTypes.All)}")),
    ];

    private static IEnumerable<string> ByBand(string key, string entry, Func<string, bool> isFine, string expected)
    {
        if (entry.Split('=', 2) is not [var band, var value] || !isFine(value)) yield return $"{key}: {entry} must be a band, =, and {expected}";
        else if (!AllBands.Contains(band))
            yield return $"{key}: {band} is no band{(NearestName.Find(band, AllBands) is { } nearest ? $" (did you mean {nearest}?)" : "")}; bands are {string.Join(", ", AllBands)}";
    }

    private static IEnumerable<string> Minimums(RouterMinimums minimums) =>
    [
        .. minimums.Arch.Length is 0 or > 16 ? ["router.minimums.arch must be an architecture as uname -m says it, such as x86_64"] : Array.Empty<string>(),
        .. Range("router.minimums.ramGb", minimums.RamGb, 0, 4096),
        .. Range("router.minimums.ramPreferredGb", minimums.RamPreferredGb, 0, 4096),
        .. Range("router.minimums.maxJitterMs", minimums.MaxJitterMs, 0, 10_000),
        .. Range("router.minimums.minUploadMbps", minimums.MinUploadMbps, 0, 1_000_000),
        .. Range("router.minimums.minRequestsPerSecond", minimums.MinRequestsPerSecond, 0, 1_000_000),
        .. Range("router.minimums.maxDecisionMicroseconds", minimums.MaxDecisionMicroseconds, 1, 10_000_000),
        .. Range("router.minimums.minAnsweredPercent", minimums.MinAnsweredPercent, 0, 100),
    ];

    private static IEnumerable<string> Range(string key, long value, long least, long most)
    {
        if (value < least || value > most) yield return $"{key} must be {least} to {most}";
    }
}
