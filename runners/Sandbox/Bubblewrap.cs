namespace FedAi.Runners.Sandbox;

/// <summary>The bwrap command line: a file system that holds only what is listed, nothing of it writable, and namespaces without network or other processes.</summary>
internal static class Bubblewrap
{
    public static CageCommand Wrap(CageCommand command)
    {
        List<string> arguments =
        [
            "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
            "--ro-bind", "/usr", "/usr", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache",
            "--ro-bind-try", "/sys/devices/system/cpu", "/sys/devices/system/cpu", "--proc", "/proc",
            // No more than these two: what is mapped from /dev/zero, and files in /dev/shm, are memory that no limit of the process counts.
            "--tmpfs", "/dev", "--dev-bind", "/dev/null", "/dev/null", "--dev-bind", "/dev/urandom", "/dev/urandom",
        ];
        foreach (var path in (string[])["/bin", "/lib", "/lib64", "/lib32"]) // links into /usr on most systems, folders on some
            arguments.AddRange(new FileInfo(path).LinkTarget is { } target ? ["--symlink", target, path] : ["--ro-bind-try", path, path]);
        foreach (var path in command.Readable) arguments.AddRange(["--ro-bind", path, path]);
        foreach (var device in command.Devices) arguments.AddRange(["--dev-bind", device, device]);
        if (command.Devices.Count > 0) arguments.AddRange(["--ro-bind", "/sys", "/sys"]); // the driver's library looks for its cards there
        arguments.AddRange(["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--", command.Executable]);
        return command with { Executable = Find(), Arguments = [.. arguments, .. command.Arguments] };
    }

    private static string Find() =>
        ((string[])["/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"]).FirstOrDefault(File.Exists) ?? "/usr/bin/bwrap";
}
