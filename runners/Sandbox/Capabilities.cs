namespace FedAi.Runners.Sandbox;

/// <summary>Root's privileges (capabilities(7)): a runner started by root keeps none of them.</summary>
internal static class Capabilities
{
    private const uint Version3 = 0x20080522;

    /// <summary>For the calling thread and, as it can gain no new ones either, for programs started from it.</summary>
    public static unsafe bool TryDropAll(SystemCalls calls)
    {
        var header = stackalloc uint[2] { Version3, 0 };  // version, thread (0: this one)
        var sets = stackalloc uint[6];                    // effective, permitted, inheritable; twice 32 bits each
        for (var i = 0; i < 6; i++) sets[i] = 0;
        return LinuxCalls.prctl(LinuxCalls.PrSetNoNewPrivs, 1, 0, 0, 0) == 0
            && LinuxCalls.syscall(calls.Capset, (nint)header, (nint)sets, 0, 0) == 0;
    }
}
