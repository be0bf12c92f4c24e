using System.ComponentModel;
using System.Globalization;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners.Library;
using FedAi.Runners.Calls;
using FedAi.Runners.Llama.Pipe;
using FedAi.Runners.Sandbox;
using Microsoft.Extensions.Logging;

namespace FedAi.Runners.Llama;

/// <summary>
/// Keeps one model's fedai-llama: checks what it needs, starts it in the strongest cage (at once, or when it is wanted),
/// publishes how it stands, starts it again with backoff, and lets it go when it is unused or another model needs the room.
/// </summary>
internal sealed class LlamaSupervisor(LlamaRunnerOptions options, ModelMemory memory, ILogger logger, TimeProvider time) : IDisposable
{
    /// <summary>What failed its test is not loaded again sooner, which takes time and room from others; another file or runner is, at once.</summary>
    private static readonly TimeSpan TestPause = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource retiring = new();
    private volatile TaskCompletionSource wanted = NewSignal();
    private volatile TaskCompletionSource unwanted = NewSignal();
    private volatile TaskCompletionSource? present;
    private volatile LoadWatch? loading;
    private readonly ModelHashes hashes = options.Library?.Hashes ?? new(null);
    private Cage? cage;
    private string? gpuFault;
    private ToolSyntax? tools;
    private int restarts;
    private (string Sha256, string Build, string Problem, long At)? failedTest;
    private volatile bool lacksRoom;
    private volatile LlamaState state = new(new("llama.cpp", false, "starting", null, 0, "none", [], 0), null, null, null);

    /// <summary>After <see cref="State"/> was replaced, on any thread.</summary>
    public event Action? Changed;

    public LlamaRunnerOptions Options => options;

    public string ModelId { get; } = NameOf(options);

    public LlamaState State => state;

    public ModelStanding Standing
    {
        get
        {
            var now = state;
            return new(ModelId, Path.GetFullPath(options.ModelPath), ModelRules.State(isHere: true, isTested: false, now.Problem?.Hint, isOffered: now.Model is not null), now.Problem?.Hint);
        }
    }

    /// <summary>What a request is told while there is no child.</summary>
    public Refusal Loading => loading?.Refusal() ?? LoadWatch.NotBegun;

    /// <summary>It can take over from the one before: it answers, or would on demand, or lacks only the room that the other has.</summary>
    public bool CanSucceed => state is { Model: not null } || lacksRoom;

    /// <summary>It may make room for another model: the next request loads it again.</summary>
    public bool CanUnload => options.IdleUnload is not null;

    /// <summary>The name under which a model is offered.</summary>
    public static string NameOf(LlamaRunnerOptions options) => options.ModelId ?? Path.GetFileNameWithoutExtension(options.ModelPath);

    /// <summary>There is a request for it.</summary>
    public void Want() => wanted.TrySetResult();

    /// <summary>Ends the process after its last request; completes when it is gone.</summary>
    public async Task UnloadAsync(CancellationToken cancellationToken)
    {
        if (present is not { } gone) return;
        unwanted.TrySetResult();
        await gone.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>For good: ends after the last request, and <see cref="RunAsync"/> with it.</summary>
    public void Retire() => retiring.Cancel();

    public void Dispose() => retiring.Dispose();

    /// <summary>Runs until cancelled or retired; never fails.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await Task.Yield();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, retiring.Token);
        for (var failures = 0; !ending.IsCancellationRequested;)
        {
            var began = time.GetTimestamp();
            try
            {
                var unloaded = await RunOnceAsync(quickRestart: failures == 1, ending.Token, stop).ConfigureAwait(false);
                if (unloaded)
                {
                    failures = 0;
                    continue;
                }
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) // a bug: the daemon's other work goes on, and the next attempt may do better
            {
                RunnerLog.Bug(logger, exception, ModelId);
                Fail($"internal error ({exception.GetType().Name}); the log says more");
            }
            failures = time.GetElapsedTime(began) >= BackoffRules.Healthy ? 1 : failures + 1;
            await Task.Delay(BackoffRules.Delay(failures), time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        Publish(Unready("stopped"), null, null, new(ErrorCode.RunnerUnavailable, "the runner is stopped"));
    }

    /// <summary>From the checks to the end of the process; true when it was let go. An offered model stays offered over one quick restart.</summary>
    private async Task<bool> RunOnceAsync(bool quickRestart, CancellationToken ending, CancellationToken stop)
    {
        cage ??= Cage.FindStrongest();
        if (LoadPlan.TryMake(options, cage, avoidGpu: gpuFault is not null, out var problem) is not { File: var file } plan) return Fail(problem!);
        if (memory.ProblemAtBest(this, file) is { } never) return Fail(AndOnGpu(never)); // before a long look at the whole file
        string sha256;
        try
        {
            sha256 = await hashes.OfAsync(file.Path, null, ending).ConfigureAwait(false);
            if (Forbidden(file, sha256) is { } forbidden) return Fail(forbidden);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return Fail($"the model cannot be read: {exception.Message}");
        }
        // What it can do is known once it was loaded.
        var model = state.Model is { } known && known.Sha256 == sha256 ? known : new RunnerModel(ModelId, file.ContextTokens, sha256);
        var build = plan.Build;
        if (failedTest is { } failed && (failed.Sha256, failed.Build) == (sha256, build) && time.GetElapsedTime(failed.At) < TestPause) return Fail(failed.Problem);
        var isTested = options.Library is null || (options.Library.Tests.Of(sha256) is { Problem: null } test && test.Build == build);
        if (CanUnload && isTested && !wanted.Task.IsCompleted)
        {
            Publish(Unready(null), null, model, null);
            await wanted.Task.WaitAsync(ending).ConfigureAwait(false);
            if (!await IsStillAsync(file, sha256, ending).ConfigureAwait(false)) return true; // from the beginning, with what it is now
        }
        if (!(quickRestart && isTested) && state.Problem is null) Publish(Unready("loading the model"), null, CanUnload && isTested ? model : null, null);
        var tooLarge = await memory.TakeAsync(this, file, ending).ConfigureAwait(false);
        lacksRoom = tooLarge is not null;
        if (tooLarge is not null) return Fail(AndOnGpu(tooLarge));
        (present, unwanted) = (NewSignal(), NewSignal());
        var holdsTurn = true;
        void GiveTurn()
        {
            if (holdsTurn) memory.Release();
            holdsTurn = false;
        }
        try
        {
            using var child = await LlamaChild.StartAsync(cage!, plan.Command, time).ConfigureAwait(false);
            using var onStop = stop.Register(child.Dispose);
            var loaded = await LoadAsync(child, new(plan.Libraries, file.Path, options.ContextTokens, options.Slots, Threads(), plan.MemoryLimit, plan.GpuLayers, file.Need.GpuBytes), ending).ConfigureAwait(false);
            if (ProblemWith(loaded, child) is { } refused)
            {
                gpuFault = plan.GpuLayers != 0 && options.GpuLayers is null ? refused : null; // next time on the processor
                return Fail(refused);
            }
            GiveTurn();
            if (!isTested && await TestAsync(child, loaded!.Value, sha256, build, ending).ConfigureAwait(false) is { } fault)
            {
                gpuFault = plan.GpuLayers != 0 && options.GpuLayers is null ? fault : null;
                return Fail(fault);
            }
            PublishReady(child, loaded!.Value, sha256, onGpu: plan.GpuLayers != 0);
            return await ServeAsync(child, state.Model!, ending).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            cage = null; // the host may have changed: find out again what works
            return Fail($"{plan.Command.Executable} cannot be started with {file.Path}: {exception.Message}");
        }
        finally
        {
            loading = null;
            memory.Left(this);
            GiveTurn();
            present.TrySetResult();
            present = null;
        }
    }

    private async Task<HostEvent?> LoadAsync(LlamaChild child, LoadSettings settings, CancellationToken ending)
    {
        using var onEnding = ending.Register(child.Dispose);
        loading = new(child, time);
        var loaded = await child.LoadAsync(settings).ConfigureAwait(false);
        ending.ThrowIfCancellationRequested();
        loading = null;
        return loaded;
    }

    /// <summary>Null when the model answers, which is remembered; else why it must not be offered.</summary>
    private async Task<string?> TestAsync(LlamaChild child, HostEvent loaded, string sha256, string build, CancellationToken ending)
    {
        if (state.Problem is null) Publish(Unready("testing the model"), null, null, null);
        var fault = await ModelTrial.RunAsync(child, loaded.EmbedsOnly, ending).ConfigureAwait(false);
        ending.ThrowIfCancellationRequested();
        options.Library!.Tests.Remember(sha256, new(build, fault));
        if (fault is null) return null;
        fault = $"model {Path.GetFullPath(options.ModelPath)} failed its test: {fault}. Get another file of it, or another build of this program";
        failedTest = (sha256, build, fault, time.GetTimestamp());
        return fault;
    }

    /// <summary>Until the process ends, or until it is to end and its last request did; true in the second case.</summary>
    private async Task<bool> ServeAsync(LlamaChild child, RunnerModel model, CancellationToken ending)
    {
        using var served = CancellationTokenSource.CreateLinkedTokenSource(ending);
        var first = await Task.WhenAny(child.Ended, unwanted.Task, IdleAsync(child, served.Token)).ConfigureAwait(false);
        await served.CancelAsync().ConfigureAwait(false);
        if (first != child.Ended)
        {
            wanted = NewSignal();
            Publish(Unready(null), null, ending.IsCancellationRequested ? null : model, null);
            await Task.WhenAny(child.DrainAsync(), child.Ended).ConfigureAwait(false);
            child.Dispose();
            await child.Ended.ConfigureAwait(false);
            return true;
        }
        if (ending.IsCancellationRequested) return true;
        var reason = await child.Ended.ConfigureAwait(false);
        restarts++;
        RunnerLog.Ended(logger, ModelId, reason);
        Publish(Unready($"restarting: {reason}"), null, state.Model, null);
        return false;
    }

    /// <summary>Completes when the child was unused for too long, or is to end anyway.</summary>
    private async Task IdleAsync(LlamaChild child, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            var left = options.IdleUnload is { } limit ? limit - child.Idle : Timeout.InfiniteTimeSpan;
            if (left <= TimeSpan.Zero && left != Timeout.InfiniteTimeSpan) return;
            await Task.Delay(left, time, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Null, or why this content must not be loaded.</summary>
    private string? Forbidden(ModelFile file, string sha256) =>
        ModelRules.LoadProblem(sha256, options.Library?.Find(file.Path), options.Approved) is { } problem ? $"model {file.Path}: {problem}" : null;

    /// <summary>Whether the file that was offered hours ago, perhaps, has the same content still.</summary>
    private async Task<bool> IsStillAsync(ModelFile file, string sha256, CancellationToken ending)
    {
        try
        {
            return await hashes.OfAsync(file.Path, null, ending).ConfigureAwait(false) == sha256;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
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

    /// <summary>A model that a GPU did not take and that memory has no room for has two problems.</summary>
    private string AndOnGpu(string problem) => gpuFault is null ? problem : $"{problem}. On the GPU: {gpuFault}";

    private int Threads() => options.Threads ?? ThreadRules.Count(Environment.ProcessorCount, ThreadRules.PhysicalCores(
        from folder in Directory.Exists("/sys/devices/system/cpu") ? Directory.EnumerateDirectories("/sys/devices/system/cpu", "cpu*") : []
        let siblings = Path.Combine(folder, "topology", "thread_siblings_list")
        where File.Exists(siblings)
        select File.ReadAllText(siblings)));

    private void PublishReady(LlamaChild child, in HostEvent loaded, string sha256, bool onGpu)
    {
        var denied = DenialRules.Whole(cage!.Denies, loaded.Locked, Environment.IsPrivilegedProcess, onGpu);
        var template = loaded.Text == "model" ? null : string.Create(CultureInfo.InvariantCulture, $"llama.cpp does not know this model's chat template; messages go as \"{loaded.Text}\"");
        var detail = (template, gpuFault) is (null, null) ? null : string.Join("; ", ((string?[])[template, gpuFault is null ? null : $"runs on the processor. On the GPU: {gpuFault}"]).OfType<string>());
        var status = new RunnerStatus("llama.cpp", true, detail, child.RunnerProcessId(), restarts, DenialRules.Name(cage.Level), DenialRules.NotDenied(denied), loaded.GpuLayers);
        RunnerLog.Ready(logger, ModelId, loaded.Count, options.Slots, status.Isolation);
        tools = Enum.TryParse<ToolSyntax>(loaded.Tools, out var syntax) && Enum.IsDefined(syntax) ? syntax : null;
        IReadOnlyList<string> features = loaded.EmbedsOnly ? [ModelFeatures.Embeddings]
            : tools is null ? [ModelFeatures.Embeddings, ModelFeatures.Json]
            : [ModelFeatures.Embeddings, ModelFeatures.Json, ModelFeatures.Tools];
        Publish(status, child, new(ModelId, loaded.Count, sha256) { Features = features, Generates = !loaded.EmbedsOnly }, null);
    }

    private bool Fail(string problem)
    {
        if (state.Status.Detail != problem) RunnerLog.Unavailable(logger, ModelId, problem);
        wanted = NewSignal();
        Publish(Unready(problem), null, null, new(ErrorCode.RunnerUnavailable, problem, RetryAfterSeconds: 10));
        return false;
    }

    private RunnerStatus Unready(string? detail) =>
        new("llama.cpp", false, detail, null, restarts, cage is null ? "none" : DenialRules.Name(cage.Level), [], 0);

    private void Publish(RunnerStatus status, LlamaChild? child, RunnerModel? model, Refusal? problem)
    {
        var previous = state;
        state = new(status, child, model, problem, tools);
        previous.Replace();
        Changed?.Invoke();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
