using FedAi.Runners;
using FedAi.Runners.Library;
using FedAi.Runners.Llama;

namespace FedAi.Daemon.Node;

/// <summary>Chooses and starts what makes this node's tokens.</summary>
internal static class NodeRunner
{
    public static IRunner Start(RunnerOptions options, ModelsOptions models, string dataFolder, ILogger<LlamaRunner> logger, TimeProvider time)
    {
        if (options.Kind == RunnerKind.None) return new NoRunner("runner.kind is none");
        var (served, problem) = Models(options, models, Library(dataFolder, time));
        return problem is null ? LlamaRunner.Start(served, logger, time) : new NoRunner(problem);
    }

    /// <summary>What <see cref="LlamaRunner.SetModels"/> takes, the one that stays loaded first; or why there is none.</summary>
    public static (IReadOnlyList<LlamaRunnerOptions> Models, string? Problem) Models(RunnerOptions options, ModelsOptions models, ModelLibrary library)
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
            IsolationMinimum = options.IsolationMinimum,
        })], null);
    }

    /// <summary>The models of a data folder.</summary>
    public static ModelLibrary Library(string dataFolder, TimeProvider time) => new(Path.Combine(dataFolder, "models"), time);

    /// <summary>The model that was named, or the only one in the data folder; else what to do.</summary>
    private static (string? Path, string? Problem) FindModel(RunnerOptions options, ModelLibrary library)
    {
        if (options.ModelPath is { } named) return (library.Resolve(named), null);
        return library.Files() switch
        {
            [var only] => library.Problem(only) is { } problem ? (null, problem) : (only, null),
            [] => (null, $"no model: get one with fedai models pull, put a .gguf file into {library.Folder}, or name one in runner.modelPath"),
            _ => (null, $"several models lie in {library.Folder}: name the one to serve in runner.modelPath"),
        };
    }
}
