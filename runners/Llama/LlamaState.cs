using FedAi.Protocol.Messages;
using FedAi.Runners.Calls;

namespace FedAi.Runners.Llama;

/// <summary>Where one model stands: the child that answers now, the model offered, and why not if there is no child. Replaced as a whole, never changed.</summary>
internal sealed class LlamaState(RunnerStatus status, LlamaChild? child, RunnerModel? model, Refusal? problem, ToolSyntax? tools = null)
{
    /// <summary>Requests at once, running and waiting; beyond that the caller does better elsewhere.</summary>
    private const int MostCalls = 256;

    private readonly TaskCompletionSource replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunnerStatus Status => status;

    public LlamaChild? Child => child;

    /// <summary>Stays offered while it is loaded and over a quick restart, because requests that come meanwhile wait for it.</summary>
    public RunnerModel? Model => model;

    /// <summary>How the model calls tools; null: it does not.</summary>
    public ToolSyntax? Tools => tools;

    /// <summary>Why nothing can be asked; null while it can, or soon will.</summary>
    public Refusal? Problem => problem;

    /// <summary>Completes when there is a next state.</summary>
    public Task Replaced => replaced.Task;

    public void Replace() => replaced.TrySetResult();

    /// <summary>Null when the child takes one more request.</summary>
    public Refusal? Refuse() =>
        problem ?? (child?.Calls >= MostCalls ? new(ErrorCode.NodeSaturated, "too many requests wait for this model; try again shortly", RetryAfterSeconds: 1) : null);
}
