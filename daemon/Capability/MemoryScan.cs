namespace FedAi.Daemon.Capability;

/// <summary>Reads the memory. Without /proc the runtime's own knowledge stands in.</summary>
internal static class MemoryScan
{
    public static MemoryProfile Read(MachineRoot root, CgroupLimits limits)
    {
        var lines = (root.Text("proc/meminfo") ?? "").Split('\n');
        var total = Bytes(lines, "MemTotal:");
        var free = Bytes(lines, "MemAvailable:") ?? Bytes(lines, "MemFree:");
        if (total is null or <= 0)
        {
            var known = GC.GetGCMemoryInfo();
            (total, free) = (known.TotalAvailableMemoryBytes, Math.Max(0, known.TotalAvailableMemoryBytes - known.MemoryLoadBytes));
        }

        var limited = limits.MemoryBytes < total;
        var most = limited ? limits.MemoryBytes!.Value : total.Value;
        var left = Math.Min(free ?? most, limited ? Math.Max(0, most - (limits.MemoryUsedBytes ?? 0)) : most);
        return new MemoryProfile { TotalBytes = most, AvailableBytes = Math.Max(0, left), IsLimited = limited };
    }

    private static long? Bytes(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kibibytes, ..]
        && long.TryParse(kibibytes, out var value) && value is >= 0 and < long.MaxValue / 1024 ? value * 1024 : null;
}
