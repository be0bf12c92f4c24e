namespace FedAi.Daemon.Peering;

/// <summary>Counts running requests and lets no more in than can be served at once; nobody waits in a hidden queue.</summary>
internal sealed class CapacityGate(int maxConcurrency)
{
    private int running;
    private volatile int most = maxConcurrency;

    public int Running => Volatile.Read(ref running);

    /// <summary>Less than there are running now lets those end, and no more in until then.</summary>
    public int MaxConcurrency
    {
        get => most;
        set => most = value;
    }

    /// <summary>Takes a place; the caller must <see cref="Leave"/> when this gave true.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref running) <= most) return true;
        Interlocked.Decrement(ref running);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref running);
}
