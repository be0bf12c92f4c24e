using System.Globalization;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Capability;

/// <summary>What keeps a role out, whatever the operator wants most. Pure; every reason, not just the first.</summary>
internal static class RoleGates
{
    private const long MiB = 1L << 20, GiB = 1L << 30;

    public static IEnumerable<string> Problems(string role, MachineProfile profile, RecommendInput input)
    {
        var (hardware, gates) = (profile.Hardware, input.Gates);
        if (hardware.Memory.AvailableBytes < gates.MinFreeRamMb * MiB) yield return Say($"{gates.MinFreeRamMb} MiB of free memory are needed, {hardware.Memory.AvailableBytes / MiB} are there");
        if (hardware.Disk.FreeBytes < 64 * MiB) yield return "the data folder's disk is full: metering could not be stored";
        foreach (var band in Denied(role, profile, gates)) yield return $"the configuration gives machines of {band} other roles (node.gates.rolesByBand)";
        switch (role)
        {
            case RoleTypes.Policy when input.Intent == Intent.Privacy:
                yield return "it remembers who asked how often, and privacy comes first";
                break;
            case RoleTypes.LlmCpuSmall:
                if (!BandRules.Reaches(hardware.Memory, gates.LlmCpuMinRamGb, input.Bands)) yield return Say($"{gates.LlmCpuMinRamGb} GB of memory are needed to hold a model beside everything else, this machine has {Gib(hardware.Memory.TotalBytes)}");
                if (BandRules.Cores(hardware.Cpu) < gates.LlmCpuMinCores || !hardware.Cpu.Has("avx2")) yield return Say($"a model needs a processor of {gates.LlmCpuMinCores} cores with AVX2 to keep others waiting no longer than they will; this one has {Math.Min(hardware.Cpu.Cores, hardware.Cpu.UsableMilli / 1000.0):0.#}{(hardware.Cpu.Has("avx2") ? "" : " and no AVX2")}");
                if (TooSlow(input) is { } slow) yield return slow;
                break;
            case RoleTypes.LlmGpu:
                if (hardware.Gpu.Vendor is null or "intel") yield return "there is no GPU that models run on";
                else if (!hardware.Gpu.Runtime.Cuda) yield return hardware.Gpu.Vendor == "nvidia" ? "the NVIDIA driver does not answer: nvidia-smi must work" : "only NVIDIA GPUs run models here so far";
                else if (hardware.Gpu.VramMb < gates.LlmGpuMinVramGb * 1024 * 94 / 100) yield return Say($"{gates.LlmGpuMinVramGb} GB of GPU memory are needed, this one has {hardware.Gpu.VramMb} MiB");
                else if (input.GpuLacks is { } missing) yield return missing;
                if (!BandRules.Reaches(hardware.Memory, gates.LlmGpuMinRamGb, input.Bands)) yield return Say($"{gates.LlmGpuMinRamGb} GB of memory are needed beside the GPU, this machine has {Gib(hardware.Memory.TotalBytes)}");
                if (TooSlow(input) is { } late) yield return late;
                break;
            default: break;
        }
    }

    private static string? TooSlow(RecommendInput input) => input.ModelMilliTokensPerSecond is { } milli && milli < input.Gates.LlmMinTokensPerSecond * 1000L
        ? Say($"the model makes {milli / 1000.0:0.#} tokens/s, {input.Gates.LlmMinTokensPerSecond} are needed") : null;

    /// <summary>Bands of this machine that the operator gave a list of roles without this one.</summary>
    private static IEnumerable<string> Denied(string role, MachineProfile profile, NodeGates gates)
    {
        var bands = profile.CapabilityBands;
        foreach (var entry in gates.RolesByBand)
            if (entry.Split('=', 2) is [var band, var roles] && BandRules.Has(bands, band) && !roles.Split('+').Contains(role)) yield return band;
    }

    private static string Gib(long bytes) => Say($"{bytes / (double)GiB:0.#} GiB");

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
