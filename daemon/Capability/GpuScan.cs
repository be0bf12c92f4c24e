using System.Diagnostics;
using System.Globalization;

namespace FedAi.Daemon.Capability;

/// <summary>
/// Finds the GPUs on the bus, and asks their drivers for the memory: NVIDIA's by its own tool, AMD's by the kernel's files. A tool that
/// hangs, fails or talks nonsense costs a second and leaves the memory unknown.
/// </summary>
internal static class GpuScan
{
    private const string Tool = "nvidia-smi";
    private const int MaxToolOutput = 64 * 1024;

    /// <summary>Of the two seconds that a profile may take.</summary>
    private static readonly TimeSpan ToolPatience = TimeSpan.FromMilliseconds(1500);

    /// <summary>By PCI vendor, the ones that models run on first.</summary>
    private static readonly (string Id, string Name)[] Vendors = [("0x10de", "nvidia"), ("0x1002", "amd"), ("0x8086", "intel")];

    /// <param name="names">Where exact names are wanted, they are added here; else they are not even asked for.</param>
    public static async Task<(GpuProfile Gpu, string? Problem)> ReadAsync(MachineRoot root, List<string>? names, CancellationToken cancellationToken)
    {
        var found = root.Names("sys/bus/pci/devices").Where(device => root.Line($"sys/bus/pci/devices/{device}/class")?.StartsWith("0x03", StringComparison.Ordinal) == true)
            .Select(device => root.Line($"sys/bus/pci/devices/{device}/vendor")).ToList();
        var (vendor, name) = Vendors.FirstOrDefault(known => found.Contains(known.Id));
        var driver = root.Exists("proc/driver/nvidia/version");
        if (driver || vendor == "0x10de") return await NvidiaAsync(root, found.Count(id => id == "0x10de"), names, cancellationToken);
        if (vendor == "0x1002") return (Amd(root, found.Count(id => id == vendor)), null);
        return (new GpuProfile { Vendor = name, Count = found.Count(id => id == vendor), Runtime = new GpuRuntime(false, false) }, null);
    }

    private static async Task<(GpuProfile Gpu, string? Problem)> NvidiaAsync(MachineRoot root, int onBus, List<string>? names, CancellationToken cancellationToken)
    {
        var none = new GpuProfile { Vendor = "nvidia", Count = Math.Max(1, onBus), Runtime = new GpuRuntime(false, false) };
        if (root.Program(Tool) is not { } tool) return (none, $"the GPU's memory is unknown: {Tool} is not installed");
        var output = await RunAsync(tool, [$"--query-gpu=memory.total{(names is null ? "" : ",name,serial,uuid")}", "--format=csv,noheader,nounits"], cancellationToken);
        var rows = (output ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.Split(',', 2)).ToList();
        var memory = rows.Select(row => long.TryParse(row[0], NumberStyles.None, CultureInfo.InvariantCulture, out var mebibytes) && mebibytes < 1 << 24 ? mebibytes : 0).ToList();
        if (memory.Count == 0 || memory.Max() == 0) return (none, $"the GPU's memory is unknown: {Tool} gave no figures");
        names?.AddRange(rows.Where(row => row.Length == 2).Select(row => row[1].Trim()));
        return (none with { VramMb = memory.Max(), Count = memory.Count, Runtime = new GpuRuntime(Cuda: true, Rocm: false) }, null);
    }

    private static GpuProfile Amd(MachineRoot root, int count) => new()
    {
        Vendor = "amd",
        Count = count,
        VramMb = root.Names("sys/class/drm").Where(card => card.StartsWith("card", StringComparison.Ordinal) && !card.Contains('-'))
            .Select(card => root.Number($"sys/class/drm/{card}/device/mem_info_vram_total") / (1 << 20)).Max(),
        Runtime = new GpuRuntime(Cuda: false, Rocm: root.Exists("dev/kfd") && root.Exists("opt/rocm")),
    };

    /// <summary>What a tool prints; null when it fails or does not end.</summary>
    private static async Task<string?> RunAsync(string tool, string[] arguments, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ToolPatience);
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true });
            if (process is null) return null;
            process.StandardInput.Close();
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, patience.Token);
            var buffer = new char[MaxToolOutput];
            var length = await process.StandardOutput.ReadBlockAsync(buffer, patience.Token);
            await errors;
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0 ? new string(buffer, 0, length) : null;
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or IOException or InvalidOperationException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
        finally
        {
            if (process is { HasExited: false }) process.Kill(entireProcessTree: true);
            process?.Dispose();
        }
    }
}
