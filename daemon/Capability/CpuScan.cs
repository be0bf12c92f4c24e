using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace FedAi.Daemon.Capability;

/// <summary>Reads the processor. Where the files are missing, what this process knows of itself stands in.</summary>
internal static class CpuScan
{
    private const string Cpus = "sys/devices/system/cpu";

    /// <summary>A processor that stood still for this share of the time since the start, to cool down, is slower than it looks.</summary>
    private const double ThrottledShare = 0.01;

    /// <summary>Those that decide how fast models run here. All of them together would tell the model of the processor.</summary>
    private static readonly string[] Telling = ["avx", "avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "f16c", "fma", "asimd", "asimddp", "sve"];

    public static CpuProfile Read(MachineRoot root, int? limitMilli)
    {
        var blocks = Blocks(root.Text("proc/cpuinfo") ?? "");
        var known = blocks.SelectMany(block => block).Where(pair => pair.Key is "flags" or "Features").SelectMany(pair => pair.Value.Split(' ')).ToHashSet(StringComparer.Ordinal);
        var processors = blocks.Count(block => block.ContainsKey("processor"));
        var threads = Allowed(root) ?? (processors > 0 ? processors : Environment.ProcessorCount);
        if (root.IsThis) threads = Math.Min(threads, Math.Max(1, processors > 0 ? processors : Environment.ProcessorCount));
        return new CpuProfile
        {
            Arch = Arch(root, known, blocks),
            Cores = Math.Clamp(Cores(root, blocks), 1, threads),
            Threads = threads,
            UsableMilli = Math.Min(threads * 1000, limitMilli ?? int.MaxValue),
            FrequencyGHz = Frequency(root, blocks),
            Flags = [.. Telling.Where(flag => known.Contains(flag) || (known.Count == 0 && OfProcess(flag)))],
            Throttled = Throttled(root),
        };
    }

    private static List<Dictionary<string, string>> Blocks(string cpuinfo)
    {
        List<Dictionary<string, string>> blocks = [[]];
        foreach (var line in cpuinfo.Split('\n'))
        {
            if (line.Split(':', 2) is [var key, var value]) blocks[^1][key.Trim()] = value.Trim();
            else if (blocks[^1].Count > 0) blocks.Add([]);
        }

        return blocks;
    }

    private static string Arch(MachineRoot root, HashSet<string> known, List<Dictionary<string, string>> blocks)
    {
        // Since Linux 6.1; before that the flags tell.
        if (root.Line("proc/sys/kernel/arch") is { Length: < 16 } told && told.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) return told;
        if (known.Contains("lm")) return "x86_64";
        if (known.Contains("asimd")) return "aarch64";
        if (blocks.Any(block => block.ContainsKey("isa"))) return "riscv64";
        if (known.Contains("fpu")) return "i686";
        if (known.Contains("vfpv3") || known.Contains("neon")) return "armv7l";
        return RuntimeInformation.ProcessArchitecture switch { Architecture.X64 => "x86_64", Architecture.Arm64 => "aarch64", var other => other.ToString().ToLowerInvariant() };
    }

    private static int Cores(MachineRoot root, List<Dictionary<string, string>> blocks)
    {
        var told = blocks.Where(block => block.ContainsKey("core id")).Select(block => (block.GetValueOrDefault("physical id"), block["core id"])).Distinct().Count();
        if (told > 0) return told;
        var siblings = root.Names(Cpus).Where(name => name.StartsWith("cpu", StringComparison.Ordinal) && name[3..].All(char.IsAsciiDigit) && name.Length > 3)
            .Select(name => root.Line($"{Cpus}/{name}/topology/thread_siblings_list")).OfType<string>().Distinct().Count();
        return siblings > 0 ? siblings : Math.Max(blocks.Count(block => block.ContainsKey("processor")), 1);
    }

    /// <summary>How many processors the process may run on, from a list such as 0-3,8; null when it does not say so.</summary>
    private static int? Allowed(MachineRoot root)
    {
        const string name = "Cpus_allowed_list:";
        var line = (root.Text("proc/self/status") ?? "").Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        if (line is null) return null;
        var count = 0;
        foreach (var range in line[name.Length..].Trim().Split(','))
        {
            var ends = range.Split('-');
            if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)) return null;
            if (last < first || last - first > 65_535) return null;
            count += last - first + 1;
        }

        return count;
    }

    private static double? Frequency(MachineRoot root, List<Dictionary<string, string>> blocks)
    {
        if (root.Number($"{Cpus}/cpu0/cpufreq/cpuinfo_max_freq") is > 0 and var kilohertz) return Math.Round(kilohertz / 1e6, 1);
        var megahertz = blocks.Select(block => double.TryParse(block.GetValueOrDefault("cpu MHz"), CultureInfo.InvariantCulture, out var value) ? value : 0).DefaultIfEmpty().Max();
        return megahertz is > 1 and < 100_000 ? Math.Round(megahertz / 1000, 1) : null;
    }

    private static string? Throttled(MachineRoot root)
    {
        if (root.Number($"{Cpus}/cpu0/cpufreq/scaling_max_freq") is { } now && root.Number($"{Cpus}/cpu0/cpufreq/cpuinfo_max_freq") is { } most && now < most * 0.9)
            return "its frequency is held down by the system's settings";
        // A Raspberry Pi: bit 0 undervoltage, 1 frequency capped, 2 throttled, 3 near the limit of its temperature.
        if (root.Line("sys/devices/platform/soc/soc:firmware/get_throttled") is { } bits && int.TryParse(bits.Replace("0x", "", StringComparison.Ordinal), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var state) && (state & 0xF) != 0)
            return (state & 1) != 0 ? "its power supply is too weak" : "it is too hot";
        var stood = root.Number($"{Cpus}/cpu0/thermal_throttle/package_throttle_total_time_ms") ?? 0;
        return double.TryParse(root.Line("proc/uptime")?.Split(' ')[0], CultureInfo.InvariantCulture, out var up) && up > 0 && stood / 1000.0 > up * ThrottledShare
            ? "it is too hot" : null;
    }

    private static bool OfProcess(string flag) => flag switch
    {
        "avx" => Avx.IsSupported,
        "avx2" => Avx2.IsSupported,
        "avx512f" => Avx512F.IsSupported,
        "fma" => Fma.IsSupported,
        "asimd" => System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported,
        _ => false,
    };
}
