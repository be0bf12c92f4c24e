using FedAi.Protocol.Messages;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.Runners.Llama;

/// <summary>Where a llama.cpp runner stands: the child that answers now, the model offered, and why not if there is no child. Replaced as a whole, never changed.</summary>
internal sealed class LlamaState(RunnerStatus status, LlamaChild? child, RunnerModel? model, Refusal? problem)
{
    /// <summary>Requests at once, running and waiting; beyond that the caller does better elsewhere.</summary>
    private const int MostCalls = 256;

    private readonly TaskCompletionSource replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunnerStatus Status => status;

    public LlamaChild? Child => child;

    /// <summary>Stays offered over a quick restart, because requests that come meanwhile wait for it.</summary>
    public RunnerModel? Model => model;

    /// <summary>Why nothing can be asked; null while it can, or soon will.</summary>
    public Refusal? Problem => problem;

    /// <summary>Completes when there is a next state.</summary>
    public Task Replaced => replaced.Task;

    public void Replace() => replaced.TrySetResult();

    /// <summary>Null when the request can run here and now; else why not.</summary>
    public Refusal? Refuse(InferenceRequest request, uint seed, out Generation? generation)
    {
        generation = null;
        if (problem is not null) return problem;
        if (child is null || model is null) return new(ErrorCode.ModelLoading, "the model is being loaded; try again shortly", RetryAfterSeconds: 2);
        if (child.Calls >= MostCalls) return new(ErrorCode.NodeSaturated, "too many requests wait for this model; try again shortly", RetryAfterSeconds: 1);
        return request.ModelId != model.Id
            ? new(ErrorCode.ModelNotFound, $"this runner has {model.Id} only")
            : GenerationMapping.TryRead(request, seed, model.ContextTokens, out generation);
    }
}
