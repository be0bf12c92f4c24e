using System.Globalization;

namespace FedAi.Daemon.Capability;

/// <summary>Whether a machine may be a router. Pure; every reason, not just the first.</summary>
internal static class RouterGates
{
    private const long GiB = 1L << 30;

    public static RouterVerdict Judge(MachineProfile profile, BenchResult? bench, RouterMinimums minimums, BandOptions bands)
    {
        var reasons = Machine(profile, minimums, bands).Concat(Network(profile.Network, minimums)).Concat(Bench(bench, minimums)).ToList();
        List<string> notes = [];
        var memory = profile.Hardware.Memory;
        if (BandRules.Reaches(memory, minimums.RamGb, bands) && !BandRules.Reaches(memory, minimums.RamPreferredGb, bands)) notes.Add(Say($"{minimums.RamPreferredGb} GB of memory are better"));
        if (profile.Hardware.Cpu.Throttled is { } throttled) notes.Add($"the processor runs slower than it could: {throttled}");
        if (reasons.Count == 0) notes.Add("it begins on probation, and should run no model beside the router");
        return reasons.Count == 0
            ? new RouterVerdict(RouterVerdict.Pass, RouterVerdict.Capable, reasons, notes)
            : new RouterVerdict(RouterVerdict.Fail, RouterVerdict.ShouldNot, reasons, notes);
    }

    private static IEnumerable<string> Machine(MachineProfile profile, RouterMinimums minimums, BandOptions bands)
    {
        var (cpu, memory) = (profile.Hardware.Cpu, profile.Hardware.Memory);
        if (cpu.Arch != minimums.Arch) yield return $"CPU architecture must be {minimums.Arch}; this one is {cpu.Arch}";
        if (minimums.Avx2 && !cpu.Has("avx2")) yield return "CPU must support AVX2";
        if (cpu.UsableMilli < 1000) yield return Say($"at least one whole processor is needed; a control group leaves {cpu.UsableMilli / 1000.0:0.##} of one");
        if (!BandRules.Reaches(memory, minimums.RamGb, bands)) yield return Say($"Minimum {minimums.RamGb}GB RAM required; there are {memory.TotalBytes / (double)GiB:0.#} GiB{(memory.IsLimited ? " (limited by a control group)" : "")}");
        if (minimums.Ssd && profile.CapabilityBands.Disk != "disk_ssd")
            yield return profile.CapabilityBands.Disk == "disk_hdd" ? "SSD required; the data folder lies on a spinning disk" : "SSD required; this disk does not say what it is, and no sample past the cache showed the speed of one";
    }

    private static IEnumerable<string> Network(NetworkProfile network, RouterMinimums minimums)
    {
        if (minimums.MaxJitterMs > 0 && network.JitterMs is null) yield return "the network was not measured: name a relay or router that answers (relays.bootstrap, bench.targets)";
        else if (minimums.MaxJitterMs > 0 && network.JitterMs > minimums.MaxJitterMs) yield return Say($"jitter must be at most {minimums.MaxJitterMs} ms; it is {network.JitterMs:0.#} ms");
        if (minimums.MinUploadMbps > 0 && network.UploadMbps is null) yield return "the upload was not measured: name a router that takes part in it (bench.targets), or set router.minimums.minUploadMbps to 0 when you know it suffices";
        else if (minimums.MinUploadMbps > 0 && network.UploadMbps < minimums.MinUploadMbps) yield return Say($"upload must reach {minimums.MinUploadMbps} Mbit/s; it is {network.UploadMbps:0.#}");
    }

    private static IEnumerable<string> Bench(BenchResult? bench, RouterMinimums minimums)
    {
        if (bench is not { Suite: BenchResult.RouterSuite })
        {
            yield return "Benchmarks are required: fedai bench router";
            yield break;
        }

        if (bench.Partial) yield return "the benchmark was interrupted, so it does not count";
        if (bench.Short) yield return "a short benchmark does not count";
        if (!(bench.Of(FigureNames.Requests) >= minimums.MinRequestsPerSecond)) yield return Say($"{minimums.MinRequestsPerSecond} requests/s are needed; it sustained {Show(bench.Of(FigureNames.Requests))}");
        if (!(bench.Of(FigureNames.DecisionP99) <= minimums.MaxDecisionMicroseconds)) yield return Say($"a decision among 1000 nodes may take {minimums.MaxDecisionMicroseconds} µs; 1 in 100 took {Show(bench.Of(FigureNames.DecisionP99))}");
        if (!(bench.Of(FigureNames.FailoverDone) >= minimums.MinAnsweredPercent * 10L)) yield return Say($"{minimums.MinAnsweredPercent} % must be answered while nodes fail; {Percent(bench.Of(FigureNames.FailoverDone))} were");
        if (!(bench.Of(FigureNames.PressureDone) >= minimums.MinAnsweredPercent * 10L)) yield return Say($"{minimums.MinAnsweredPercent} % must be answered while memory is short; {Percent(bench.Of(FigureNames.PressureDone))} were");
    }

    private static string Show(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "nothing that was measured";

    private static string Percent(long? permille) => permille is { } value ? Say($"{value / 10.0:0.#} %") : "none that was measured";

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
