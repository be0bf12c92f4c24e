namespace FedAi.Daemon.Capability;

/// <summary>Finds the disk below a folder, and what kind it says it is.</summary>
internal static class DiskScan
{
    private static readonly string[] NoDisks = ["loop", "ram", "zram", "sr", "fd", "dm-", "md"];

    /// <summary>Disks of virtual machines: whether they spin is what their host made up.</summary>
    private static readonly string[] VirtualDisks = ["vd", "xvd"];

    public static DiskProfile Read(MachineRoot root, string folder)
    {
        var disk = Disk(root, folder);
        // Inside a container the mount names no device, but the machine's disks are often shown: when all are of one kind, so is this one.
        var disks = disk is not null ? [disk] : root.Names("sys/block").Where(name => !NoDisks.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))).ToList();
        var isVirtual = disks.Any(name => IsVirtual(root, name));
        var kinds = disks.Select(name => root.Number($"sys/block/{name}/queue/rotational")).Distinct().ToList();
        return new DiskProfile
        {
            Type = kinds is [0] ? DiskProfile.Ssd : kinds is [1] && !isVirtual ? DiskProfile.Hdd : DiskProfile.Unknown,
            IsVirtual = isVirtual,
            FreeBytes = Free(folder),
        };
    }

    /// <summary>The whole disk (not its part) that holds the folder, by its name in /sys/block; null when the mount names none.</summary>
    private static string? Disk(MachineRoot root, string folder)
    {
        string? device = null, source = null;
        var longest = -1;
        foreach (var line in (root.Text("proc/self/mountinfo") ?? "").Split('\n'))
        {
            // 36 35 98:0 /root /mounted/at options … - type source options
            var parts = line.Split(' ');
            var dash = Array.IndexOf(parts, "-");
            if (dash < 6 || parts.Length < dash + 3) continue;
            var at = parts[4].Replace("\\040", " ", StringComparison.Ordinal);
            if (at.Length <= longest || !(folder == at || at == "/" || folder.StartsWith(at + "/", StringComparison.Ordinal))) continue;
            (longest, device, source) = (at.Length, parts[2], parts[dash + 2]);
        }

        var blocks = root.Names("sys/block");
        return blocks.FirstOrDefault(name => device is not null && root.Line($"sys/block/{name}/dev") == device)
            ?? blocks.FirstOrDefault(name => device is not null && root.Names($"sys/block/{name}").Any(part => part.StartsWith(name, StringComparison.Ordinal) && root.Line($"sys/block/{name}/{part}/dev") == device))
            // Some file systems have no device number of their own, but name their disk.
            ?? blocks.Where(name => source is not null && source.StartsWith($"/dev/{name}", StringComparison.Ordinal)).MaxBy(name => name.Length);
    }

    private static bool IsVirtual(MachineRoot root, string disk) =>
        VirtualDisks.Any(prefix => disk.StartsWith(prefix, StringComparison.Ordinal))
        || root.Line($"sys/block/{disk}/device/vendor") is { } vendor && (vendor is "QEMU" or "VMware" or "Msft" or "Xen" or "VBOX" or "Google" or "VMware,");

    /// <summary>What a program without special rights may still write; 0 when it cannot be told.</summary>
    private static long Free(string folder)
    {
        try
        {
            var existing = new DirectoryInfo(Path.GetFullPath(folder));
            while (!existing.Exists && existing.Parent is { } parent) existing = parent;
            return new DriveInfo(existing.FullName).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return 0;
        }
    }
}
