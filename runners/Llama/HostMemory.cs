namespace FedAi.Runners.Llama;

/// <summary>Asks the system how much memory a new process may take.</summary>
internal static class HostMemory
{
    /// <summary>What is free without swapping, and no more than the control groups (systemd, containers) around this process leave.</summary>
    public static long AvailableBytes()
    {
        var free = long.MaxValue;
        if (ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)) is { } line
            && long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], out var kibibytes))
            free = kibibytes * 1024;
        var unified = ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))?[4..] ?? "";
        for (var group = Path.Combine("/sys/fs/cgroup", unified); group is "/sys/fs/cgroup" || group.StartsWith("/sys/fs/cgroup/", StringComparison.Ordinal); group = Path.GetDirectoryName(group)!)
            free = Math.Min(free, LeftIn(group, "memory.max", "memory.current"));
        return Math.Min(free, LeftIn("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"));
    }

    private static long LeftIn(string group, string limit, string usage) =>
        ReadNumber(Path.Combine(group, limit)) is { } most && ReadNumber(Path.Combine(group, usage)) is { } used ? Math.Max(0, most - used) : long.MaxValue;

    private static long? ReadNumber(string file) => ReadLines(file) is [var line, ..] && long.TryParse(line, out var number) ? number : null;

    private static string[] ReadLines(string file) => File.Exists(file) ? File.ReadAllLines(file) : [];
}
