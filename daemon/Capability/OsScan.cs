namespace FedAi.Daemon.Capability;

/// <summary>Reads what system this is.</summary>
internal static class OsScan
{
    public static OsProfile Read(MachineRoot root)
    {
        var release = (root.Text("etc/os-release") ?? root.Text("usr/lib/os-release") ?? "").Split('\n');
        string? Value(string key) => Plain(release.FirstOrDefault(line => line.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..].Trim().Trim('"'));
        return new OsProfile
        {
            Distro = (Value("ID"), Value("VERSION_ID")) is ({ } id, var version) ? $"{id} {version}".TrimEnd() : "unknown",
            Kernel = Numbers(root.Line("proc/sys/kernel/osrelease")),
            ContainerRuntime = root.Program("docker") is not null ? "docker" : root.Program("podman") is not null ? "podman" : null,
            Container = Container(root),
            IsVirtualMachine = (root.Text("proc/cpuinfo") ?? "").Contains(" hypervisor", StringComparison.Ordinal),
        };
    }

    private static string? Container(MachineRoot root)
    {
        if (root.Exists(".dockerenv")) return "docker";
        if (root.Exists("run/.containerenv")) return "podman";
        var groups = root.Text("proc/self/cgroup") ?? "";
        return ((string[])["kubepods", "docker", "lxc", "libpod"]).FirstOrDefault(kind => groups.Contains($"/{kind}", StringComparison.Ordinal)) ?? Plain(root.Line("run/systemd/container"));
    }

    /// <summary>Short and of plain letters, or nothing: whatever else stands there may name the machine.</summary>
    private static string? Plain(string? text) => text is { Length: > 0 and <= 24 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') ? text : null;

    /// <summary>6.1.0 of 6.1.0-13-amd64: what follows the numbers can be anybody's choice.</summary>
    private static string Numbers(string? release)
    {
        var numbers = new string([.. (release ?? "").TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Take(24)]).Trim('.');
        return numbers.Length > 0 ? numbers : "unknown";
    }
}
