namespace FedAi.Runners.Llama;

/// <summary>
/// Lets models load one after the other, each when it fits beside those that are there: what is loaded on demand makes
/// room, the one not used for longest first, after its last request.
/// </summary>
internal sealed class ModelMemory : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly Lock gate = new();
    private readonly Dictionary<LlamaSupervisor, ModelFile> loaded = [];

    /// <summary>Waits for the turn and for room. Null: it fits, and the turn lasts until <see cref="Release"/>; else why it does not.</summary>
    public async Task<string?> TakeAsync(LlamaSupervisor model, ModelFile file, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        var fits = false;
        try
        {
            while (Problem(model, file) is { } problem)
            {
                if (Victim(model) is not { } victim) return problem;
                await victim.UnloadAsync(cancellationToken).ConfigureAwait(false);
            }
            lock (gate) loaded[model] = file;
            fits = true;
            return null;
        }
        finally
        {
            if (!fits) turn.Release();
        }
    }

    /// <summary>The model is loaded, or will not be: the next may.</summary>
    public void Release() => turn.Release();

    /// <summary>Its process is gone.</summary>
    public void Left(LlamaSupervisor model)
    {
        lock (gate) loaded.Remove(model);
    }

    public void Dispose() => turn.Dispose();

    /// <summary>Why a model fits in no case, even with all room made.</summary>
    public string? ProblemAtBest(LlamaSupervisor model, ModelFile file)
    {
        lock (gate) return Problem(file, loaded.Sum(other => other.Key == model || other.Key.CanUnload ? other.Value.Need.MemoryBytes : -other.Value.Need.MappedBytes));
    }

    /// <summary>The system counts weights that are mapped from a file as free memory, though they are in use.</summary>
    private string? Problem(LlamaSupervisor model, ModelFile file)
    {
        lock (gate) return Problem(file, -loaded.Where(other => other.Key != model).Sum(other => other.Value.Need.MappedBytes));
    }

    private static string? Problem(ModelFile file, long more) =>
        MemoryRules.Problem(file.Need.MemoryBytes, Math.Max(0, HostMemory.AvailableBytes() + more)) is { } problem ? $"model {file.Path}: {problem}" : null;

    private LlamaSupervisor? Victim(LlamaSupervisor model)
    {
        lock (gate) return loaded.Keys.Where(other => other != model && other.CanUnload).MaxBy(other => other.State.Child?.Idle);
    }
}
