using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace FedAi.TestKit;

/// <summary>The real executable in a process of its own: started, known to be ready, stopped as systemd would.</summary>
internal sealed partial class FedaiProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource<Uri> listens = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly NotifySocket notify;

    private FedaiProcess(Process process, NotifySocket notify) => (this.process, this.notify) = (process, notify);

    /// <summary>From the start of the process to its READY=1.</summary>
    public TimeSpan TimeToReady { get; private set; }

    public int Id => process.Id;

    /// <summary>Where it listens, as its ready line says: tests let it choose a free port.</summary>
    public Uri Url => listens.Task.Result;

    /// <summary>All it printed so far, both streams.</summary>
    public string Output
    {
        get
        {
            lock (output) return output.ToString();
        }
    }

    /// <summary>Starts <c>fedai ARGUMENTS</c> and waits until it says that it is ready; its output stands in the exception when it does not.</summary>
    public static async Task<FedaiProcess> StartAsync(string executable, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var notify = new NotifySocket();
        var start = new ProcessStartInfo(executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["NOTIFY_SOCKET"] = notify.Path;
        var begun = Stopwatch.GetTimestamp();
        var started = new FedaiProcess(Process.Start(start)!, notify);
        started.process.OutputDataReceived += (_, line) => started.Append(line.Data);
        started.process.ErrorDataReceived += (_, line) => started.Append(line.Data);
        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience.Limit);
        try
        {
            var ready = notify.ReadyAsync(patience.Token);
            if (await Task.WhenAny(ready, started.process.WaitForExitAsync(patience.Token)) == ready)
            {
                await ready;
                started.TimeToReady = Stopwatch.GetElapsedTime(begun);
                await started.listens.Task.WaitAsync(patience.Token);
                return started;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Told below, with what it printed.
        }

        await started.DisposeAsync();
        throw new InvalidOperationException($"fedai {string.Join(' ', start.ArgumentList)} did not become ready:\n{started.Output}");
    }

    /// <summary>SIGTERM, as systemd would; gives the exit code.</summary>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    /// <summary>SIGKILL, as a crash or the kernel would.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        process.Kill();
        await process.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        notify.Dispose();
    }

    private void Append(string? line)
    {
        lock (output) output.AppendLine(line);
        if (line is not null && ListensOn().Match(line) is { Success: true } match) listens.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex(@"listens on (http\S+)")]
    private static partial Regex ListensOn();
}
