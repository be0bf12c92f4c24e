using System.Diagnostics;

namespace FedAi.Daemon.Bench;

/// <summary>A router as its operator would start it: this very executable in a process and a data folder of its own, on a free port of this machine.</summary>
internal sealed class RouterChild : IAsyncDisposable
{
    private const string Listens = "listens on ";
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly string folder;

    private RouterChild(Process process, string folder, Uri address) => (this.process, this.folder, Address) = (process, folder, address);

    public Uri Address { get; }

    /// <summary>The most memory it ever held, in MiB; 0 where the system does not tell.</summary>
    public long PeakMegabytes()
    {
        const string name = "VmHWM:";
        var file = $"/proc/{process.Id}/status";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) : null;
        return line is not null && long.TryParse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), out var kibibytes) ? kibibytes / 1024 : 0;
    }

    /// <param name="executable">The fedai to measure.</param>
    /// <param name="folder">A new folder; it goes with the router.</param>
    /// <param name="logLevel">What it logs from; with trace it writes its audit too.</param>
    /// <param name="heapMegabytes">The most memory its heap may take; null is no limit.</param>
    public static async Task<RouterChild> StartAsync(string executable, string folder, string logLevel, int? heapMegabytes, CancellationToken cancellationToken)
    {
        await RunAsync(executable, ["keys", "new", "--data", folder], cancellationToken);
        // The most and the least that a router writes down, so that the difference is what log and audit cost together.
        await RunAsync(executable, ["manifest", "--write", "--role", "router", "--data", folder, "--set", $"audit.mode={(logLevel == "trace" ? "verbose" : "off")}"], cancellationToken);
        var start = Start(executable, ["run", "--data", folder, "--listen", "127.0.0.1:0", "--set", "http.allowPrivate=loopback", "--set", $"log.level={logLevel}"]);
        if (heapMegabytes is { } limit) start.Environment["DOTNET_GCHeapHardLimit"] = ((long)limit << 20).ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        var process = Process.Start(start)!;
        try
        {
            return new RouterChild(process, folder, await AddressAsync(process, cancellationToken));
        }
        catch
        {
            await EndAsync(process, folder);
            throw;
        }
    }

    public ValueTask DisposeAsync() => EndAsync(process, folder);

    private static async ValueTask EndAsync(Process process, string folder)
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static async Task<Uri> AddressAsync(Process process, CancellationToken cancellationToken)
    {
        var listens = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            // What it prints later is read and dropped: a full pipe would stop it.
            if (line.Data is null) listens.TrySetException(new InvalidOperationException("the router ended before it was ready"));
            else if (line.Data.IndexOf(Listens, StringComparison.Ordinal) is >= 0 and var at && Uri.TryCreate(line.Data[(at + Listens.Length)..].Trim('"', ' '), UriKind.Absolute, out var address)) listens.TrySetResult(address);
        };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return await listens.Task.WaitAsync(StartPatience, cancellationToken);
    }

    private static async Task RunAsync(string executable, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(Start(executable, arguments))!;
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0) throw new InvalidOperationException($"fedai {string.Join(' ', arguments[..2])} failed: {errors}");
    }

    private static ProcessStartInfo Start(string executable, string[] arguments)
    {
        var start = new ProcessStartInfo(executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // The operator's own settings are for his own router.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("FEDAI__", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        start.Environment.Remove("NOTIFY_SOCKET");
        return start;
    }
}
