using System.Diagnostics;

namespace FedAi.Runners.Sandbox;

/// <summary>
/// A process in a cage, with its three standard streams and no other descriptor of ours. It ends with this process:
/// the kernel ties "parent" to the thread that started it, so that thread lives exactly as long as the child.
/// </summary>
internal sealed class CagedProcess : IDisposable
{
    private readonly Process process;
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CagedProcess(Cage cage, CageCommand command)
    {
        var wrapped = cage.Wrap(command);
        var start = new ProcessStartInfo(wrapped.Executable, wrapped.Arguments)
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in command.Environment) start.Environment[name] = value;
        process = new Process { StartInfo = start };
        var thread = new Thread(() => Live(cage, command)) { IsBackground = true, Name = "runner process" };
        thread.Start();
    }

    public Stream Input { get; private set; } = Stream.Null;

    public Stream Output { get; private set; } = Stream.Null;

    public Stream Error { get; private set; } = Stream.Null;

    /// <summary>The process that was started: the program itself, or the outermost process of its cage.</summary>
    public int Id { get; private set; }

    /// <summary>Completes with the exit code (128 + signal when killed).</summary>
    public Task<int> Exited => exited.Task;

    /// <summary>Throws what the system says when the program cannot be started.</summary>
    public static async Task<CagedProcess> StartAsync(Cage cage, CageCommand command)
    {
        var caged = new CagedProcess(cage, command);
        await caged.started.Task.ConfigureAwait(false);
        return caged;
    }

    /// <summary>Ends the process at once, and with it all that runs in its cage.</summary>
    public void Kill()
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // it is gone already
        }
    }

    private void Live(Cage cage, CageCommand command)
    {
        try
        {
            cage.RestrictStartingThread(command);
            CloseOnExec();
            process.Start();
        }
        catch (Exception exception)
        {
            started.SetException(exception);
            return;
        }
        (Id, Input, Output, Error) =
            (process.Id, process.StandardInput.BaseStream, process.StandardOutput.BaseStream, process.StandardError.BaseStream);
        started.SetResult();
        process.WaitForExit();
        exited.SetResult(process.ExitCode);
    }

    /// <summary>.NET's own descriptors close in children; this marks those that native libraries opened without care.</summary>
    private static void CloseOnExec()
    {
        const nint first = 3, last = -1, markOnly = 4; // -1: the highest there is
        _ = LinuxCalls.syscall(SystemCalls.CloseRange, first, last, markOnly, 0);
    }

    public void Dispose()
    {
        Kill();
        exited.Task.ContinueWith(_ => process.Dispose(), TaskScheduler.Default); // not under the thread that waits for it
    }
}
