namespace FedAi.Daemon.Node;

/// <summary>Counts running requests and lets no more in than the node can serve at once; nobody waits in a hidden queue.</summary>
internal sealed class CapacityGate(int maxConcurrency)
{
    private int running;

    public int Running => Volatile.Read(ref running);

    public int MaxConcurrency => maxConcurrency;

    /// <summary>Takes a place; the caller must <see cref="Leave"/> when this gave true.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref running) <= maxConcurrency) return true;
        Interlocked.Decrement(ref running);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref running);
}
