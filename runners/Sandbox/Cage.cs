using System.Diagnostics;

namespace FedAi.Runners.Sandbox;

/// <summary>
/// The strongest cage that works on this host, found out by trying (ARCHITECTURE D5): bubblewrap, else Landlock with
/// seccomp, else a network namespace, else nothing but what the process denies itself (<see cref="ProcessLock"/>).
/// </summary>
internal sealed class Cage
{
    /// <summary>System folders that every program needs to read: libraries, and what .NET asks about memory and processors.</summary>
    private static readonly string[] SystemReadable =
        ["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/proc", "/sys/devices/system/cpu", "/sys/fs/cgroup", "/dev/urandom"];

    private Cage(IsolationLevel level) => Level = level;

    public IsolationLevel Level { get; }

    /// <summary>What this cage denies by itself.</summary>
    public Denials Denies => DenialRules.Outer(Level, Landlock.Abi);

    /// <summary>Tries the ladder from the top, or from a given level down; the last step always works.</summary>
    public static Cage FindStrongest(IsolationLevel from = IsolationLevel.Bubblewrap)
    {
        if (from >= IsolationLevel.Bubblewrap && Works(Bubblewrap.Wrap(TrueCommand))) return new(IsolationLevel.Bubblewrap);
        if (from >= IsolationLevel.Landlock && Landlock.Abi > 0 && SystemCalls.Here is not null) return new(IsolationLevel.Landlock);
        if (from >= IsolationLevel.Unshare && Works(Unshare(TrueCommand))) return new(IsolationLevel.Unshare);
        return new(from >= IsolationLevel.Rlimits ? IsolationLevel.Rlimits : IsolationLevel.None);
    }

    /// <summary>The command as it has to be started at this level.</summary>
    public CageCommand Wrap(CageCommand command) => Level switch
    {
        IsolationLevel.Bubblewrap => Bubblewrap.Wrap(command),
        IsolationLevel.Unshare => Unshare(command),
        _ => command,
    };

    /// <summary>
    /// What has to happen on the very thread that starts the command: programs inherit it, other threads of this process
    /// stay free. Throws when the host denies now what it allowed when it was tried.
    /// </summary>
    public void RestrictStartingThread(CageCommand command)
    {
        if (Level != IsolationLevel.Landlock) return;
        var calls = SystemCalls.Here!;
        if (!Capabilities.TryDropAll(calls) || !Landlock.TryRestrictThread([.. SystemReadable, .. command.Readable, .. command.Devices.Count > 0 ? ["/sys"] : Array.Empty<string>()], command.Devices)
            || !SeccompFilter.BeforeStart(calls).TryApply(calls, allThreads: false))
            throw new InvalidOperationException("the kernel refused Landlock or seccomp for the runner process");
    }

    private static CageCommand TrueCommand => new("/usr/bin/true", [], new Dictionary<string, string>(), []);

    private static CageCommand Unshare(CageCommand command) =>
        command with { Executable = "/usr/bin/unshare", Arguments = ["-Urn", "--fork", "--kill-child", "--", command.Executable, .. command.Arguments] };

    private static bool Works(CageCommand wrapped)
    {
        if (!File.Exists(wrapped.Executable)) return false;
        var start = new ProcessStartInfo(wrapped.Executable, wrapped.Arguments) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
