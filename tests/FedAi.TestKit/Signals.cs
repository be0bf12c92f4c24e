using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FedAi.TestKit;

/// <summary>Signals that .NET has no name for, and the ends of processes that are not our children.</summary>
internal static partial class Signals
{
    private const int InterruptSignal = 2, KillSignal = 9, StopSignal = 19;

    public static void Kill(int process) => Send(process, KillSignal);

    /// <summary>As Ctrl-C does.</summary>
    public static void Interrupt(int process) => Send(process, InterruptSignal);

    /// <summary>Freezes a process where it stands.</summary>
    public static void Freeze(int process) => Send(process, StopSignal);

    public static async Task GoneAsync(int process)
    {
        try
        {
            using var watched = Process.GetProcessById(process);
            await watched.WaitForExitAsync(new CancellationTokenSource(Patience.Limit).Token);
        }
        catch (ArgumentException)
        {
            // gone before one could look
        }
    }

    private static void Send(int process, int signal)
    {
        if (kill(process, signal) != 0) throw new InvalidOperationException($"signal {signal} to {process}: error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
