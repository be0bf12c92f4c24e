using System.Runtime.InteropServices;

namespace FedAi.Runners.Sandbox;

/// <summary>Landlock (landlock(7)): the calling thread, and programs started from it, open no file outside the listed paths.</summary>
internal static class Landlock
{
    private const ulong Execute = 1, WriteFile = 2, ReadFile = 4, ReadDir = 8, ControlDevice = 1 << 15;
    private const ulong ReadOnly = Execute | ReadFile | ReadDir;
    private const nint VersionFlag = 1, PathBeneath = 1;

    /// <summary>struct landlock_path_beneath_attr is packed: 12 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct PathRule
    {
        public ulong Allowed;
        public int Descriptor;
    }

    /// <summary>The kernel's Landlock version; 0 where there is none.</summary>
    public static int Abi { get; } = Math.Max(0, (int)LinuxCalls.syscall(SystemCalls.LandlockCreateRuleset, 0, 0, VersionFlag, 0));

    /// <summary>Restricts the calling thread for good; false where the kernel refuses. Listed paths that do not exist are left out.</summary>
    public static unsafe bool TryRestrictThread(IEnumerable<string> readable, IReadOnlyList<string> devices)
    {
        if (Abi == 0 || LinuxCalls.prctl(LinuxCalls.PrSetNoNewPrivs, 1, 0, 0, 0) != 0) return false;
        // The kernel takes a shorter struct from those who know less: 8 bytes are file rights (ABI 1), 16 add TCP (ABI 4), 24 add
        // abstract sockets and signals (ABI 6).
        var handled = stackalloc ulong[3] { FileRights(Abi), 3, 3 };
        var ruleset = (int)LinuxCalls.syscall(SystemCalls.LandlockCreateRuleset, (nint)handled, Abi switch { >= 6 => 24, >= 4 => 16, _ => 8 }, 0, 0);
        if (ruleset < 0) return false;
        try
        {
            return readable.All(path => TryAllow(ruleset, path, ReadOnly))
                && TryAllow(ruleset, "/dev/null", ReadFile | WriteFile)
                && devices.All(device => TryAllow(ruleset, device, ReadFile | WriteFile | (Abi >= 5 ? ControlDevice : 0)))
                && LinuxCalls.syscall(SystemCalls.LandlockRestrictSelf, ruleset, 0, 0, 0) == 0;
        }
        finally
        {
            _ = LinuxCalls.close(ruleset);
        }
    }

    /// <summary>Every right on files that this version knows, so that all not allowed below is denied.</summary>
    private static ulong FileRights(int abi)
    {
        var bits = abi switch { 1 => 13, 2 => 14, 3 or 4 => 15, _ => 16 };
        return (1UL << bits) - 1;
    }

    private static unsafe bool TryAllow(int ruleset, string path, ulong rights)
    {
        var descriptor = LinuxCalls.open(path, LinuxCalls.OPath | LinuxCalls.OCloexec);
        if (descriptor < 0) return true;
        var rule = new PathRule { Allowed = Directory.Exists(path) ? rights : rights & ~ReadDir, Descriptor = descriptor };
        var added = LinuxCalls.syscall(SystemCalls.LandlockAddRule, ruleset, PathBeneath, (nint)(&rule), 0) == 0;
        _ = LinuxCalls.close(descriptor);
        return added;
    }
}
