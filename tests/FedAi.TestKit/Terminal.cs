using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace FedAi.TestKit;

/// <summary>
/// The executable in a terminal of its own, as a person has it: keys are typed, and what stands on the screen is read as text. The terminal is
/// that of <c>script</c> (util-linux).
/// </summary>
internal sealed partial class Terminal : IAsyncDisposable
{
    public const string Enter = "\r", Down = "\e[B", Space = " ";

    private readonly Process process;
    private readonly Task reading;
    private readonly Lock gate = new();
    private readonly StringBuilder screen = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int seen;

    private Terminal(Process process) => (this.process, reading) = (process, ReadAsync(process.StandardOutput));

    /// <summary>Null when there can be one, else why not.</summary>
    public static string? Unavailable { get; } = File.Exists("/usr/bin/script") ? null : "script (util-linux) is not installed";

    /// <summary>All that was ever shown, without colours and movements.</summary>
    public string Text
    {
        get
        {
            lock (gate) return Sequences().Replace(screen.ToString(), "");
        }
    }

    public static Terminal Start(string executable, params string[] arguments)
    {
        var line = string.Join(' ', arguments.Prepend(executable).Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
        var start = new ProcessStartInfo("/usr/bin/script", ["-qec", $"stty cols 160 rows 60; exec {line}", "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["TERM"] = "xterm";
        return new Terminal(Process.Start(start)!);
    }

    /// <summary>Waits until this stands there, after what was waited for before.</summary>
    public async Task SeesAsync(string words)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            Task next;
            lock (gate) next = changed.Task;
            var text = Text;
            if (text.IndexOf(words, seen, StringComparison.Ordinal) is >= 0 and var at)
            {
                seen = at + words.Length;
                return;
            }

            try
            {
                if (reading.IsCompleted && next == changed.Task) throw new InvalidOperationException($"it ended without {words}:\n{text[seen..]}");
                await Task.WhenAny(next, reading).WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new InvalidOperationException($"it did not show {words}, but:\n{text[seen..]}");
            }
        }
    }

    public async Task TypeAsync(string keys)
    {
        await process.StandardInput.WriteAsync(keys);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Waits for its end; gives the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Patience.Limit);
        await reading;
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        await reading;
        process.Dispose();
    }

    private async Task ReadAsync(StreamReader output)
    {
        var buffer = new char[4096];
        while (await output.ReadAsync(buffer) is > 0 and var count)
        {
            TaskCompletionSource before;
            lock (gate)
            {
                screen.Append(buffer, 0, count);
                (before, changed) = (changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            before.SetResult();
        }
    }

    [GeneratedRegex(@"\e\[[0-9;?]*[ -/]*[@-~]|\e[=>()][0-9A-B]?")]
    private static partial Regex Sequences();
}
