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
        var library = Library(dataFolder, time);
        var (path, problem) = FindModel(options, library);
        if (path is null) return new NoRunner(problem!);
        return LlamaRunner.Start(
            new LlamaRunnerOptions
            {
                ModelPath = path,
                ModelId = options.ModelId ?? Path.GetFileNameWithoutExtension(path),
                Library = library,
                Approved = models.Policy == ModelPolicy.ApprovedOnly ? models.Approved.Select(ModelRules.Hash).OfType<string>().ToHashSet() : null,
                ContextTokens = options.ContextTokens,
                Slots = options.Slots,
                IsolationMinimum = options.IsolationMinimum,
            },
            logger,
            time);
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
