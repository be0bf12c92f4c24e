namespace FedAi.Daemon.Peering;

/// <summary>A token bucket: so many at once, so many a second after that. For one thread.</summary>
internal sealed class RelayBudget(int burst, double perSecond, TimeProvider clock)
{
    private double left = burst;
    private long last = clock.GetTimestamp();

    public bool TryTake()
    {
        var now = clock.GetTimestamp();
        left = Math.Min(burst, left + clock.GetElapsedTime(last, now).TotalSeconds * perSecond);
        last = now;
        if (left < 1) return false;
        left--;
        return true;
    }
}
