using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai profile</c>: what this machine is, as far as it matters here.</summary>
internal static class ProfileCommand
{
    private const double GiB = 1L << 30;

    private static readonly Option<bool> Offline = new("--offline") { Description = "ask nobody: leave the network unmeasured" };

    private static readonly Option<bool> DiskSample = new("--disk-sample") { Description = "also measure the data folder's disk, about a second" };

    public static Command Create()
    {
        var command = new Command("profile", "look at this machine: processor, memory, disk, GPU, system and network")
        {
            CliOptions.Data, CliOptions.Config, CliOptions.Set, Offline, DiskSample, CliOptions.Json,
        };
        command.SetAction(ShowAsync);
        return command;
    }

    private static async Task<int> ShowAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (await CliConfig.ReadAsync(arguments) is not { } options) return ExitCodes.Usage;
        var offline = arguments.GetValue(Offline);
        var profile = await FullProfile.RunAsync(arguments.GetValue(CliOptions.Data)!, offline ? [] : NetworkTargets.Of(options), offline ? [] : NetworkTargets.Routers(options), arguments.GetValue(DiskSample),
            new FullProfileOptions(options.Bands, options.Privacy, options.Http.AllowPrivate), TimeProvider.System, cancellationToken);
        Console.WriteLine(arguments.GetValue(CliOptions.Json) ? JsonSerializer.Serialize(profile, CapabilityJson.Default.MachineProfile) : TerminalText.Fit(Text(profile)));
        return ExitCodes.Ok;
    }

    /// <summary>One line for each part, with its band.</summary>
    public static string Text(MachineProfile profile)
    {
        var (hardware, bands, network) = (profile.Hardware, profile.CapabilityBands, profile.Network);
        var (cpu, memory, disk, gpu, os) = (hardware.Cpu, hardware.Memory, hardware.Disk, hardware.Gpu, hardware.Os);
        List<string> lines =
        [
            Line("processor", $"{cpu.Arch}, {cpu.Cores} cores, {cpu.Threads} threads{(cpu.UsableMilli < cpu.Threads * 1000 ? Say($" of which a control group leaves {cpu.UsableMilli / 1000.0:0.##}") : "")}{(cpu.FrequencyGHz is { } ghz ? Say($", {ghz:0.0} GHz") : "")}, {string.Join(' ', cpu.Flags)}", bands.Cpu),
            Line("memory", Say($"{memory.TotalBytes / GiB:0.0} GiB, {memory.AvailableBytes / GiB:0.0} GiB free{(memory.IsLimited ? ", limited by a control group" : "")}"), bands.Ram),
            Line("disk", Say($"{disk.Type}{(disk.IsVirtual ? " (virtual)" : "")}, {disk.FreeBytes / GiB:0.0} GiB free{(disk.Sample is { } sample ? Say($", writes {sample.WriteMBps} MB/s, reads {sample.ReadMBps} MB/s, {sample.RandomReadsPerSecond} random reads/s") : "")}"), bands.Disk),
            Line("GPU", gpu.Vendor is null ? "none" : Say($"{gpu.Count} × {gpu.Vendor}, {gpu.VramMb?.ToString(CultureInfo.InvariantCulture) ?? "unknown"} MiB{(gpu.Runtime.Cuda ? ", CUDA" : "")}{(gpu.Runtime.Rocm ? ", ROCm" : "")}"), bands.Gpu),
            Line("network", network.LatencyMs is { } latency ? Say($"{network.Interface ?? "unknown"}, {latency} ms ± {network.JitterMs} ms{(network.UploadMbps is { } up ? Say($", {up} Mbit/s up, {network.DownloadMbps} down") : "")}") : "not measured", bands.Net),
            Line("system", $"{os.Distro}, Linux {os.Kernel}{(os.Container is { } inside ? $", inside {inside}" : "")}{(os.IsVirtualMachine ? ", a virtual machine" : "")}{(os.ContainerRuntime is { } runtime ? $", {runtime} is installed" : "")}", ""),
        ];
        if (cpu.Throttled is { } throttled) lines.Add($"the processor runs slower than it could: {throttled}");
        lines.AddRange(network.Targets.Select(target => $"{target.Target}: {(target.Problem ?? Say($"{target.LatencyMs} ms ± {target.JitterMs} ms"))}"));
        lines.AddRange(profile.Problems);
        if (profile.Ids is { } ids)
        {
            lines.Add("privacy.publishHardwareIds is set, so this is told too:");
            lines.AddRange(((string?[])[ids.HostName, ids.MachineId, ids.CpuModel, ids.Kernel, .. ids.Board, .. ids.Disks, .. ids.Gpus, .. ids.MacAddresses]).OfType<string>().Select(id => $"  {id}"));
        }

        return string.Join('\n', lines);
    }

    private static string Line(string part, string text, string band) => $"{part,-10} {text}{(band.Length > 0 ? $"  [{band}]" : "")}";

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
