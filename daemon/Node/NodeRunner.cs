using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.Runners.Library;
using FedAi.Runners.Llama;
using FedAi.Runners.OpenAi;

namespace FedAi.Daemon.Node;

/// <summary>Chooses and starts what makes this node's tokens, and changes it while it runs.</summary>
internal sealed class NodeRunner : IRunner
{
    private readonly IRunner inner;
    private readonly ModelLibrary library;
    private volatile string? problem;
    private int disposed;

    public NodeRunner(RunnerOptions options, ModelsOptions models, string dataFolder, ILoggerFactory logs, TimeProvider time)
    {
        library = Library(dataFolder, time);
        inner = options.Kind switch
        {
            RunnerKind.OpenAi => OpenAiRunner.Start(Servers(options), logs.CreateLogger<OpenAiRunner>(), time),
            RunnerKind.Llama => LlamaRunner.Start(Configured(options, models), logs.CreateLogger<LlamaRunner>(), time),
            _ => new NoRunner("runner.kind is none"),
        };
    }

    public event Action? Changed
    {
        add => inner.Changed += value;
        remove => inner.Changed -= value;
    }

    public IReadOnlyList<RunnerModel> Models => inner.Models;

    public IReadOnlyList<ModelStanding> Standings => inner.Standings;

    /// <summary>Whether there is something to run, loaded or not.</summary>
    public bool IsConfigured => inner is not NoRunner && problem is null;

    /// <summary>Where there is no model to run, it says why.</summary>
    public RunnerStatus Status => problem is { } missing ? inner.Status with { Detail = missing } : inner.Status;

    /// <summary>What <see cref="LlamaRunner.SetModels"/> takes, the one that stays loaded first; or why there is none.</summary>
    public static (IReadOnlyList<LlamaRunnerOptions> Models, string? Problem) ModelsOf(RunnerOptions options, ModelsOptions models, ModelLibrary library)
    {
        IEnumerable<ServedModelOptions> served = options.Models;
        if (options.ModelPath is not null || options.Models.Count == 0)
        {
            var (path, problem) = FindModel(options, library);
            if (path is null) return ([], problem);
            served = served.Prepend(new() { Path = path, Id = options.ModelId });
        }

        var approved = models.Policy == ModelPolicy.ApprovedOnly ? models.Approved.Select(ModelRules.Hash).OfType<string>().ToHashSet() : null;
        return ([.. served.Select((model, index) => new LlamaRunnerOptions
        {
            ModelPath = library.Resolve(model.Path),
            ModelId = ServedModelRules.NameOf(model),
            Library = library,
            Approved = approved,
            ContextTokens = model.ContextTokens ?? options.ContextTokens,
            Slots = model.Slots ?? options.Slots,
            IdleUnload = index == 0 ? null : TimeSpan.FromMinutes(options.IdleUnloadMinutes),
            Threads = options.Threads,
            GpuLayers = options.GpuLayers,
            IsolationMinimum = options.IsolationMinimum,
        })], null);
    }

    /// <summary>The models of a data folder.</summary>
    public static ModelLibrary Library(string dataFolder, TimeProvider time) => new(Path.Combine(dataFolder, "models"), time);

    public IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, CancellationToken cancellationToken) => inner.StreamAsync(request, cancellationToken);

    /// <summary>What keeps new options from being used, beside what can be seen without looking at files.</summary>
    public IReadOnlyList<string> Problems(RunnerOptions options, ModelsOptions models) =>
        inner is OpenAiRunner ? NodeUpstreams.Read(options).Problems
        : inner is LlamaRunner { Models.Count: > 0 } && ModelsOf(options, models, library).Problem is { } none ? [none]
        : [];

    /// <summary>Takes other models or servers; requests that run go on.</summary>
    public void Change(RunnerOptions options, ModelsOptions models)
    {
        if (inner is OpenAiRunner servers) servers.SetUpstreams(Servers(options));
        if (inner is LlamaRunner llama) llama.SetModels(Configured(options, models));
    }

    /// <summary>The container knows it under two names.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref disposed, 1) == 0 ? inner.DisposeAsync() : ValueTask.CompletedTask;

    private static IReadOnlyList<OpenAiUpstream> Servers(RunnerOptions options)
    {
        var (upstreams, problems) = NodeUpstreams.Read(options);
        return problems.Count == 0 ? upstreams : throw new InvalidDataException(string.Join("; ", problems));
    }

    private IReadOnlyList<LlamaRunnerOptions> Configured(RunnerOptions options, ModelsOptions models)
    {
        (var configured, problem) = ModelsOf(options, models, library);
        return configured;
    }

    /// <summary>The model that was named, or the only one in the data folder; else what to do.</summary>
    private static (string? Path, string? Problem) FindModel(RunnerOptions options, ModelLibrary library)
    {
        if (options.ModelPath is { } named) return (library.Resolve(named), null);
        return library.Files() switch
        {
            [var only] => library.Problem(only) is { } unfit ? (null, unfit) : (only, null),
            [] => (null, $"no model: get one with fedai models pull, put a .gguf file into {library.Folder}, or name one in runner.modelPath"),
            _ => (null, $"several models lie in {library.Folder}: name the one to serve in runner.modelPath"),
        };
    }
}
