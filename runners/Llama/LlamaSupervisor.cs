using System.ComponentModel;
using System.Globalization;
using FedAi.Protocol.Messages;
using FedAi.Runners.Llama.Pipe;
using FedAi.Runners.Sandbox;
using Microsoft.Extensions.Logging;

namespace FedAi.Runners.Llama;

/// <summary>Keeps one fedai-llama running: checks what it needs, starts it in the strongest cage, publishes how it stands, starts it again with backoff.</summary>
internal sealed class LlamaSupervisor(LlamaRunnerOptions options, ILogger logger, TimeProvider time)
{
    private readonly string modelId = options.ModelId ?? Path.GetFileNameWithoutExtension(options.ModelPath);
    private (DateTime Changed, long Length, string Sha256)? hash;
    private Cage? cage;
    private int restarts;
    private volatile LlamaState state = new(new("llama.cpp", false, "starting", null, 0, "none", [], 0), null, null, null);

    /// <summary>After <see cref="State"/> was replaced, on any thread.</summary>
    public event Action? Changed;

    public LlamaState State => state;

    /// <summary>Runs until cancelled; never fails.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await Task.Yield();
        for (var failures = 0; !stop.IsCancellationRequested;)
        {
            var began = time.GetTimestamp();
            try
            {
                await RunOnceAsync(quickRestart: failures == 1, stop).ConfigureAwait(false);
            }
            catch (Exception exception) // a bug: the daemon's other work goes on, and the next attempt may do better
            {
                RunnerLog.Bug(logger, exception, modelId);
                Fail($"internal error ({exception.GetType().Name}); the log says more");
            }
            failures = time.GetElapsedTime(began) >= BackoffRules.Healthy ? 1 : failures + 1;
            await Task.Delay(BackoffRules.Delay(failures), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        Publish(Unready("stopped"), null, null, new(ErrorCode.RunnerUnavailable, "the runner is stopped"));
    }

    /// <summary>From the checks to the end of the process. An offered model stays offered over one quick restart.</summary>
    private async Task RunOnceAsync(bool quickRestart, CancellationToken stop)
    {
        if (Prepare(out var file, out var command, out var libraries) is { } problem)
        {
            Fail(problem);
            return;
        }
        LlamaChild child;
        string sha256;
        try
        {
            sha256 = await HashAsync(file!, stop).ConfigureAwait(false);
            child = await LlamaChild.StartAsync(cage!, command!, time).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            cage = null; // the host may have changed: find out again what works
            Fail($"{command!.Executable} cannot be started with {file!.Path}: {exception.Message}");
            return;
        }
        using var onStop = stop.Register(child.Dispose);
        using (child)
        {
            if (!quickRestart && state.Problem is null) Publish(Unready("loading the model"), null, null, null);
            var limit = MemoryRules.Limit(file!.MemoryBytes);
            var loaded = await child.LoadAsync(new(libraries!, file.Path, options.ContextTokens, options.Slots, Threads(), limit)).ConfigureAwait(false);
            if (stop.IsCancellationRequested) return;
            if (ProblemWith(loaded, child) is { } refused)
            {
                Fail(refused);
                return;
            }
            PublishReady(child, loaded!.Value, sha256);
            var reason = await child.Ended.ConfigureAwait(false);
            if (stop.IsCancellationRequested) return;
            restarts++;
            RunnerLog.Ended(logger, modelId, reason);
            Publish(Unready($"restarting: {reason}"), null, state.Model, null);
        }
    }

    /// <summary>Null, or what is missing on this host.</summary>
    private string? Prepare(out ModelFile? file, out CageCommand? command, out string? libraries)
    {
        (file, command, libraries) = (null, null, LlamaFiles.FindLibraries(options.LibrariesPath));
        cage ??= Cage.FindStrongest();
        if (cage.Level < options.IsolationMinimum)
            return $"this host offers isolation \"{DenialRules.Name(cage.Level)}\", the configuration wants at least \"{DenialRules.Name(options.IsolationMinimum)}\"; install bubblewrap or lower it";
        if (options.Slots is < 1 or > 64 || options.ContextTokens < 1) return "slots must be from 1 to 64, and the context at least 1 token";
        if (libraries is null) return "llama.cpp's libraries are missing; run ./fedai.sh setup, or set FEDAI_LLAMA_LIBS to their folder";
        if (LlamaFiles.FindHost(options.HostPath) is not { } host) return "the program fedai-llama is missing beside this one; install it again";
        file = ModelFile.TryOpen(options, HostMemory.AvailableBytes(), out var problem);
        if (file is not null) command = LlamaCommand.For(host, libraries, file.Path, LlamaFiles.FindDotnet(host));
        return problem;
    }

    private string? ProblemWith(HostEvent? loaded, LlamaChild child) => loaded switch
    {
        null => $"fedai-llama did not load the model: {child.Ended.Result}. {child.LastWords.Trim()}",
        { Kind: HostEventKind.Error } error => error.Hint,
        { Kind: HostEventKind.Ready, Count: > 0, Locked: false } when options.IsolationMinimum > IsolationLevel.None =>
            "this kernel cannot forbid system calls (seccomp), and the configuration wants isolation; lower it to \"none\" to accept that",
        { Kind: HostEventKind.Ready, Count: > 0 } => null,
        _ => "fedai-llama answered with something else than that it is ready",
    };

    private int Threads() => options.Threads ?? ThreadRules.Count(Environment.ProcessorCount, ThreadRules.PhysicalCores(
        from folder in Directory.Exists("/sys/devices/system/cpu") ? Directory.EnumerateDirectories("/sys/devices/system/cpu", "cpu*") : []
        let siblings = Path.Combine(folder, "topology", "thread_siblings_list")
        where File.Exists(siblings)
        select File.ReadAllText(siblings)));

    /// <summary>Read again only when the file changed.</summary>
    private async Task<string> HashAsync(ModelFile file, CancellationToken stop)
    {
        var info = new FileInfo(file.Path);
        if (hash is { } known && known.Changed == info.LastWriteTimeUtc && known.Length == info.Length) return known.Sha256;
        var sha256 = await file.HashAsync(stop).ConfigureAwait(false);
        hash = (info.LastWriteTimeUtc, info.Length, sha256);
        return sha256;
    }

    private void PublishReady(LlamaChild child, in HostEvent loaded, string sha256)
    {
        var denied = cage!.Denies | DenialRules.Inner(loaded.Locked);
        var detail = loaded.Text == "model" ? null : string.Create(CultureInfo.InvariantCulture, $"llama.cpp does not know this model's chat template; messages go as \"{loaded.Text}\"");
        var status = new RunnerStatus("llama.cpp", true, detail, child.RunnerProcessId(), restarts, DenialRules.Name(cage.Level), DenialRules.NotDenied(denied), 0);
        RunnerLog.Ready(logger, modelId, loaded.Count, options.Slots, status.Isolation);
        Publish(status, child, new(modelId, loaded.Count, sha256), null);
    }

    private void Fail(string problem)
    {
        if (state.Status.Detail != problem) RunnerLog.Unavailable(logger, modelId, problem);
        Publish(Unready(problem), null, null, new(ErrorCode.RunnerUnavailable, problem, RetryAfterSeconds: 10));
    }

    private RunnerStatus Unready(string detail) =>
        new("llama.cpp", false, detail, null, restarts, cage is null ? "none" : DenialRules.Name(cage.Level), [], 0);

    private void Publish(RunnerStatus status, LlamaChild? child, RunnerModel? model, Refusal? problem)
    {
        var previous = state;
        state = new(status, child, model, problem);
        previous.Replace();
        Changed?.Invoke();
    }
}
