namespace FedAi.Runners.Sandbox;

/// <summary>
/// What a runner process denies itself, once its libraries are loaded and before it opens a stranger's model: files grow
/// no more, memory has an end, no dump shows a prompt, and the system calls of <see cref="SeccompFilter.AfterLoading"/> fail.
/// </summary>
internal static class ProcessLock
{
    private const int FileSize = 1, Data = 2, Core = 4, OpenFiles = 7; // RLIMIT_*, the same on x86-64 and arm64

    /// <summary>
    /// RLIMIT_DATA and not RLIMIT_AS: a memory-mapped model and .NET's reserved address space are no memory in use. No
    /// RLIMIT_NPROC: it counts all of the user's processes, and the filter forbids new ones anyway.
    /// </summary>
    public static bool TryApply(long memoryBytes) =>
        TryLimit(Core, 0) && TryLimit(FileSize, 0) && TryLimit(OpenFiles, 256) && TryLimit(Data, (ulong)memoryBytes)
        && SystemCalls.Here is { } calls && SeccompFilter.AfterLoading(calls).TryApply(calls, allThreads: true);

    /// <summary>Own session: a Ctrl-C in the parent's terminal is the parent's business. Gone when the parent's starting thread is gone.</summary>
    public static void FollowParent()
    {
        _ = LinuxCalls.setsid();
        _ = LinuxCalls.prctl(LinuxCalls.PrSetPdeathsig, LinuxCalls.SigKill, 0, 0, 0);
    }

    private static unsafe bool TryLimit(int resource, ulong value)
    {
        var softAndHard = stackalloc ulong[2] { value, value };
        return LinuxCalls.setrlimit(resource, softAndHard) == 0;
    }
}
