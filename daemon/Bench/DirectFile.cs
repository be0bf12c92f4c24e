using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FedAi.Daemon.Bench;

/// <summary>Opens a file past the system's cache (open(2), O_DIRECT), which .NET has no name for on Linux.</summary>
internal static partial class DirectFile
{
    private const int ReadWrite = 2, CloseOnExec = 0x80000;

    /// <summary>Its number differs between processors.</summary>
    private static int Direct => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x10000 : 0x4000;

    /// <summary>Null where the file system cannot do that.</summary>
    public static SafeFileHandle? TryOpen(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var handle = new SafeFileHandle(open(path, ReadWrite | CloseOnExec | Direct), ownsHandle: true);
        if (!handle.IsInvalid) return handle;
        handle.Dispose();
        return null;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
