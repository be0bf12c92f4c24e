namespace FedAi.Daemon.Capability;

/// <summary>Reads what names one machine; only called where the operator opted in.</summary>
internal static class HardwareIdScan
{
    private const int MaxLength = 200;

    public static HardwareIds Read(MachineRoot root, IReadOnlyList<string> gpus) => new()
    {
        HostName = Short(root.Line("proc/sys/kernel/hostname") ?? root.Line("etc/hostname")),
        MachineId = Short(root.Line("etc/machine-id")),
        CpuModel = Short(string.Join(", ", (root.Text("proc/cpuinfo") ?? "").Split('\n').Where(line => Names(line.Split(':')[0].Trim())).Select(line => line[(line.IndexOf(':') + 1)..].Trim()).Distinct())),
        Board = Some(((string[])["sys_vendor", "product_name", "product_serial", "product_uuid", "board_name", "board_serial", "chassis_serial"]).Select(file => root.Line($"sys/class/dmi/id/{file}"))
            .Append(root.Line("proc/device-tree/model")).Append(root.Line("proc/device-tree/serial-number"))),
        Disks = Some(root.Names("sys/block").SelectMany(disk => ((string[])["device/model", "device/serial", "device/wwid", "serial"]).Select(file => root.Line($"sys/block/{disk}/{file}")))),
        Gpus = Some(gpus.Concat(root.Names("proc/driver/nvidia/gpus").Select(gpu => root.Text($"proc/driver/nvidia/gpus/{gpu}/information")?.ReplaceLineEndings("; ")))),
        MacAddresses = Some(root.Names("sys/class/net").Where(name => name != "lo").Select(name => root.Line($"sys/class/net/{name}/address"))),
        Kernel = Short(root.Line("proc/sys/kernel/osrelease")),
    };

    private static bool Names(string key) => key is "model name" or "Model" or "Serial" or "Hardware";

    private static IReadOnlyList<string> Some(IEnumerable<string?> values) => [.. values.Select(Short).OfType<string>().Distinct().Take(64)];

    private static string? Short(string? value) => value?.Trim('\0', ' ') is { Length: > 0 } text ? text[..Math.Min(text.Length, MaxLength)] : null;
}
