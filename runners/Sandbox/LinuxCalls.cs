using System.Runtime.InteropServices;

namespace FedAi.Runners.Sandbox;

/// <summary>The C library's functions that .NET has no name for.</summary>
internal static partial class LinuxCalls
{
    public const int PrSetPdeathsig = 1;
    public const int PrSetNoNewPrivs = 38;
    public const int SigKill = 9;
    public const int OPath = 0x200000;
    public const int OCloexec = 0x80000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint syscall(nint number, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int setrlimit(int resource, ulong* softAndHard);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsid();
}
