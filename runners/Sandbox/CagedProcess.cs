namespace FedAi.Runners.Sandbox;

/// <summary>
/// A process in a cage, with its three standard streams and no other descriptor of ours. It ends with this process:
/// the kernel ties "parent" to the thread that started it, so that thread lives exactly as long as the child.
/// </summary>
internal sealed class CagedProcess : IDisposable
{
    private readonly Spawned process;

    private CagedProcess(Spawned process, Task<int> exited) => (this.process, Exited) = (process, exited);

    public Stream Input => process.Input;

    public Stream Output => process.Output;

    public Stream Error => process.Error;

    /// <summary>The process that was started: the program itself, or the outermost process of its cage.</summary>
    public int Id => process.Id;

    /// <summary>Completes with the exit code (128 + signal when killed).</summary>
    public Task<int> Exited { get; }

    /// <summary>Throws what the system says when the program cannot be started.</summary>
    public static async Task<CagedProcess> StartAsync(Cage cage, CageCommand command)
    {
        var started = new TaskCompletionSource<Spawned>(TaskCreationOptions.RunContinuationsAsynchronously);
        var exited = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Live(cage, command, started, exited)) { IsBackground = true, Name = "runner process" }.Start();
        return new(await started.Task.ConfigureAwait(false), exited.Task);
    }

    /// <summary>Ends the process at once, and with it all that runs in its cage.</summary>
    public void Kill() => process.Kill();

    private static void Live(Cage cage, CageCommand command, TaskCompletionSource<Spawned> started, TaskCompletionSource<int> exited)
    {
        Spawned process;
        try
        {
            cage.RestrictStartingThread(command);
            process = new(cage.Wrap(command));
        }
        catch (Exception exception)
        {
            started.SetException(exception);
            return;
        }
        started.SetResult(process);
        exited.SetResult(process.Wait());
    }

    public void Dispose() => Kill();
}
