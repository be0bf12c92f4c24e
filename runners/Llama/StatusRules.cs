namespace FedAi.Runners.Llama;

/// <summary>Pure: several models' states as the one of their runner.</summary>
internal static class StatusRules
{
    /// <summary>Ready when something can be asked. Of several models each says what is the matter with it under its name.</summary>
    public static RunnerStatus Join(IReadOnlyList<(string ModelId, LlamaState State)> models)
    {
        if (models is [var only]) return only.State.Status with { Ready = IsReady(only.State) };
        var running = models.Select(model => model.State.Status).FirstOrDefault(status => status.Pid is not null);
        var details = models.Where(model => model.State.Status.Detail is not null).Select(model => $"{model.ModelId}: {model.State.Status.Detail}").ToList();
        return new(
            "llama.cpp",
            models.Any(model => IsReady(model.State)),
            details.Count > 0 ? string.Join("; ", details) : models.Count == 0 ? "no model is configured" : null,
            running?.Pid,
            models.Sum(model => model.State.Status.Restarts),
            running?.Isolation ?? models.Select(model => model.State.Status.Isolation).FirstOrDefault("none"),
            running?.NotDenied ?? [],
            models.Sum(model => model.State.Status.GpuLayers));
    }

    /// <summary>A model that only has to be asked for is as good as there; one whose process just ended is not.</summary>
    private static bool IsReady(LlamaState state) => state.Status.Ready || state is { Model: not null, Child: null, Status.Detail: null };
}
