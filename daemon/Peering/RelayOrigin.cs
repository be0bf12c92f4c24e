using FedAi.RelayDiscovery.Connections;

namespace FedAi.Daemon.Peering;

/// <summary>Where clients of the own relay come from: what they may still ask, together. From any thread.</summary>
internal sealed class RelayOrigin(RelayLimits limits, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly RelayBudget budget = new(limits.FrameBurst, limits.FramesPerSecond, clock);

    /// <summary>Open connections; for <see cref="RelayOrigins"/>, which locks.</summary>
    public int Connections { get; set; }

    /// <summary>Whether forgetting it would give nothing away.</summary>
    public bool IsRested
    {
        get
        {
            lock (gate) return budget.IsFull;
        }
    }

    /// <summary>Whether so many events or filters may come now; then they count.</summary>
    public bool TryTake(int frames = 1)
    {
        lock (gate) return budget.TryTake(frames);
    }

    /// <summary>Counts what an answer turned out to cost, in stored events that were looked at.</summary>
    public void Pay(int lookedAt)
    {
        lock (gate) budget.Pay((double)lookedAt / limits.EventsPerFrame);
    }
}
