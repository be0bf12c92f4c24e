using FedAi.Runners;
using FedAi.Runners.Llama;

namespace FedAi.Daemon.Node;

/// <summary>Chooses and starts what makes this node's tokens.</summary>
internal static class NodeRunner
{
    public static IRunner Start(RunnerOptions options, string dataFolder, ILogger<LlamaRunner> logger, TimeProvider time)
    {
        if (options.Kind == RunnerKind.None) return new NoRunner("runner.kind is none");
        var (path, problem) = FindModel(options, Path.Combine(dataFolder, "models"));
        if (path is null) return new NoRunner(problem!);
        return LlamaRunner.Start(
            new LlamaRunnerOptions
            {
                ModelPath = path,
                ModelId = options.ModelId ?? Path.GetFileNameWithoutExtension(path),
                ContextTokens = options.ContextTokens,
                Slots = options.Slots,
                IsolationMinimum = options.IsolationMinimum,
            },
            logger,
            time);
    }

    /// <summary>The model that was named, or the only one in the data folder; else what to do.</summary>
    private static (string? Path, string? Problem) FindModel(RunnerOptions options, string folder)
    {
        if (options.ModelPath is { } named) return (Path.GetFullPath(named), null);
        var found = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.gguf") : [];
        return found switch
        {
            [var only] => (only, null),
            [] => (null, $"no model: put one .gguf file into {folder}, or name one in runner.modelPath"),
            _ => (null, $"several models lie in {folder}: name the one to serve in runner.modelPath"),
        };
    }
}
