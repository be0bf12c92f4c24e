using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Node;

/// <summary>What runner.models may hold. Pure.</summary>
internal static class ServedModelRules
{
    private const int MostModels = 64;

    public static IEnumerable<string> Problems(RunnerOptions options)
    {
        if (options.Models.Count > MostModels) yield return $"runner.models has {options.Models.Count} models: {MostModels} at most";
        if (options.IdleUnloadMinutes is < 1 or > 10_080) yield return $"runner.idleUnloadMinutes is {options.IdleUnloadMinutes}: from 1 to 10080 (a week)";
        if (options.GpuLayers is < 0 or > 10_000) yield return $"runner.gpuLayers is {options.GpuLayers}: from 0 to 10000, or leave it out";
        foreach (var model in options.Models)
        {
            var name = NameOf(model);
            if (name.Length == 0) yield return "runner.models: a model has no path";
            if (RoleTypes.JobOf(name) is not null) yield return $"runner.models: {name} is the name of a role: choose another";
            if (model.ContextTokens is < 256 or > 1_000_000) yield return $"runner.models: contextTokens of {name} is {model.ContextTokens}: from 256 to 1000000";
            if (model.Slots is < 1 or > 64) yield return $"runner.models: slots of {name} is {model.Slots}: from 1 to 64";
        }
        var names = options.Models.Select(NameOf);
        if (options.ModelPath is { } first) names = names.Prepend(options.ModelId ?? Path.GetFileNameWithoutExtension(first));
        foreach (var twice in names.GroupBy(name => name).Where(group => group.Count() > 1)) yield return $"runner.models: two models have the name {twice.Key}: give one an id";
    }

    public static string NameOf(ServedModelOptions model) => model.Id ?? Path.GetFileNameWithoutExtension(model.Path);
}
