using System.Runtime.InteropServices;

namespace FedAi.Daemon.Hosting;

/// <summary>How the C library keeps memory (mallopt(3)). The JIT, SQLite and OpenSSL use it, on many threads.</summary>
internal static class NativeMemory
{
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    /// <summary>Kept free at most, in bytes, and asked of the system in a piece of its own; the C library's defaults grow with use.</summary>
    private const int Bytes = 64 * 1024;

    /// <summary>
    /// One heap for all threads, and what is freed goes back to the system: about 2 MB less for a daemon that waits. No hot path allocates
    /// there. Before any thread is started.
    /// </summary>
    public static void KeepSmall()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = mallopt(ArenaMax, 1);
            _ = mallopt(TrimThreshold, Bytes);
            _ = mallopt(MmapThreshold, Bytes);
        }
        catch (EntryPointNotFoundException)
        {
            // A C library without this call, such as musl, keeps little anyway.
        }
    }

    [DllImport("libc", ExactSpelling = true)]
    private static extern int mallopt(int parameter, int value);
}
