using Microsoft.Extensions.Logging;

namespace FedAi.Runners.Llama;

/// <summary>
/// The models of one runner, as they are configured now. A model that is configured anew goes on answering as it was until
/// its successor can, or until it stands in its way; what is configured no more ends after its last request.
/// </summary>
internal sealed class LlamaModels(ILogger logger, TimeProvider time, CancellationToken stop) : IAsyncDisposable
{
    private readonly ModelMemory memory = new();
    private readonly Lock gate = new();
    private readonly List<LlamaSupervisor> successors = [];
    private readonly List<Task> running = [];
    private volatile LlamaSupervisor[] current = [];

    public event Action? Changed;

    /// <summary>In the order of the configuration.</summary>
    public IReadOnlyList<LlamaSupervisor> All => current;

    /// <summary>From now on these are the models; those that stay as they are notice nothing.</summary>
    public void Set(IReadOnlyList<LlamaRunnerOptions> models)
    {
        if (models.DistinctBy(LlamaSupervisor.NameOf).Count() != models.Count) throw new ArgumentException("two models have one name", nameof(models));
        List<LlamaSupervisor> begun = [];
        lock (gate)
        {
            foreach (var successor in successors) successor.Retire();
            successors.Clear();
            var next = new List<LlamaSupervisor>();
            foreach (var options in models)
            {
                var fresh = new LlamaSupervisor(options, memory, logger, time);
                var present = Array.Find(current, model => model.ModelId == fresh.ModelId);
                next.Add(present ?? fresh);
                if (present is not null && present.Options.IsSame(options)) continue;
                begun.Add(fresh);
                if (present is not null) successors.Add(fresh);
            }
            foreach (var left in current.Except(next)) left.Retire();
            current = [.. next];
        }
        foreach (var model in begun)
        {
            model.Changed += () => OnChanged(model);
            lock (gate) running.Add(RunAsync(model));
        }
        Changed?.Invoke();
    }

    /// <summary>After <c>stop</c>: completes when no process is left.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] all;
        lock (gate) all = [.. running];
        await Task.WhenAll(all).ConfigureAwait(false);
        memory.Dispose();
    }

    private async Task RunAsync(LlamaSupervisor model)
    {
        using (model) await model.RunAsync(stop).ConfigureAwait(false);
    }

    private void OnChanged(LlamaSupervisor model)
    {
        lock (gate)
        {
            if (successors.Contains(model) && model.CanSucceed)
            {
                successors.Remove(model);
                var before = Array.Find(current, other => other.ModelId == model.ModelId);
                current = [.. current.Select(other => other == before ? model : other)];
                before?.Retire();
            }
            running.RemoveAll(task => task.IsCompleted);
        }
        Changed?.Invoke();
    }
}
