namespace FedAi.Runners.Sandbox;

/// <summary>
/// What a runner process denies itself, once its libraries are loaded and before it opens a stranger's model: files grow
/// no more, memory has an end, no dump shows a prompt, and the system calls of <see cref="SeccompFilter.AfterLoading"/> fail.
/// </summary>
internal static class ProcessLock
{
    private const int FileSize = 1, Data = 2, Core = 4, Processes = 6, OpenFiles = 7; // RLIMIT_*, the same on x86-64 and arm64

    /// <summary>More than the threads of .NET and llama.cpp by far, and what the user's other programs may start meanwhile: outside a user namespace they count too.</summary>
    private const int MoreThreads = 512;

    /// <summary>
    /// RLIMIT_DATA and not RLIMIT_AS: a memory-mapped model and .NET's reserved address space are no memory in use. RLIMIT_NPROC is for
    /// threads (the filter forbids processes), and holds for everybody but root. A GPU's driver shares memory, so there it stays allowed.
    /// </summary>
    public static bool TryApply(long memoryBytes, bool onGpu) =>
        TryLimit(Core, 0) && TryLimit(FileSize, 0) && TryLimit(OpenFiles, 256) && TryLimit(Data, (ulong)memoryBytes) && TryLimit(Processes, (ulong)(ThreadsOfUser() + MoreThreads))
        && SystemCalls.Here is { } calls && SeccompFilter.AfterLoading(calls, onGpu).TryApply(calls, allThreads: true);

    /// <summary>Own session: a Ctrl-C in the parent's terminal is the parent's business. Gone when the parent's starting thread is gone.</summary>
    public static void FollowParent()
    {
        _ = LinuxCalls.setsid();
        _ = LinuxCalls.prctl(LinuxCalls.PrSetPdeathsig, LinuxCalls.SigKill, 0, 0, 0);
    }

    /// <summary>As far as this process sees: in a namespace of its own, only its own.</summary>
    private static int ThreadsOfUser()
    {
        var ours = UserOf("/proc/self").User;
        return Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])).Select(UserOf).Where(process => process.User == ours).Sum(process => process.Threads);
    }

    private static (string? User, int Threads) UserOf(string process)
    {
        try
        {
            var facts = File.ReadAllLines(Path.Combine(process, "status"));
            return (Fact(facts, "Uid:"), int.Parse(Fact(facts, "Threads:") ?? "0", System.Globalization.CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, 0); // it is gone
        }
    }

    private static string? Fact(string[] facts, string name) => Array.Find(facts, line => line.StartsWith(name, StringComparison.Ordinal))?.Split('\t')[1];

    private static unsafe bool TryLimit(int resource, ulong value)
    {
        var softAndHard = stackalloc ulong[2] { value, value };
        return LinuxCalls.setrlimit(resource, softAndHard) == 0;
    }
}
