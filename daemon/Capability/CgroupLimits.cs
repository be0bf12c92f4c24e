namespace FedAi.Daemon.Capability;

/// <summary>What the control groups around this process leave, the narrowest of them; null is no limit. Version 2 (one tree) and version 1 (a tree per controller), also side by side.</summary>
internal sealed record CgroupLimits(int? CpuMilli, long? MemoryBytes, long? MemoryUsedBytes)
{
    private const string Mounted = "sys/fs/cgroup";

    public static CgroupLimits Read(MachineRoot root)
    {
        int? cpu = null;
        long? memory = null, used = null;
        foreach (var line in (root.Text("proc/self/cgroup") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line.Split(':', 3) is not [_, var controllers, ['/', ..] path]) continue;
            var names = controllers.Split(',');
            // A container sees the path of its group on the host, but mounted is the group itself: so the mount's own root counts too.
            foreach (var group in Groups(controllers.Length == 0 ? [Mounted] : [$"{Mounted}/{controllers}", .. names.Select(name => $"{Mounted}/{name}")], path))
            {
                if (controllers.Length == 0 || names.Contains("cpu")) cpu = Least(cpu, Cpu(root, group));
                if (controllers.Length == 0 || names.Contains("memory")) (memory, used) = Memory(root, group, memory, used);
            }
        }

        return new CgroupLimits(cpu, memory, used);
    }

    private static IEnumerable<string> Groups(IEnumerable<string> mounts, string path)
    {
        foreach (var mount in mounts)
        {
            yield return mount;
            var group = mount;
            foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries).TakeWhile(part => part != ".."))
                yield return group = $"{group}/{part}";
        }
    }

    private static int? Cpu(MachineRoot root, string group)
    {
        if (root.Line($"{group}/cpu.max")?.Split(' ') is [var most, var period] && long.TryParse(most, out var quota) && long.TryParse(period, out var of)) return Milli(quota, of);
        return root.Number($"{group}/cpu.cfs_quota_us") is { } micros && root.Number($"{group}/cpu.cfs_period_us") is { } every ? Milli(micros, every) : null;
    }

    private static int? Milli(long quota, long period) => quota > 0 && period > 0 ? (int)Math.Clamp(quota * 1000.0 / period, 1, int.MaxValue) : null;

    private static int? Least(int? one, int? other) => one is null || other < one ? other ?? one : one;

    private static (long? Limit, long? Used) Memory(MachineRoot root, string group, long? least, long? usedThere)
    {
        var limit = root.Number($"{group}/memory.max") ?? root.Number($"{group}/memory.limit_in_bytes");
        return limit is > 0 and var bytes && !(bytes >= least)
            ? (bytes, root.Number($"{group}/memory.current") ?? root.Number($"{group}/memory.usage_in_bytes"))
            : (least, usedThere);
    }
}
