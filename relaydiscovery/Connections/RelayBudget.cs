namespace FedAi.RelayDiscovery.Connections;

/// <summary>A token bucket: so many at once, so many a second after that. For one thread.</summary>
public sealed class RelayBudget(int burst, double perSecond, TimeProvider clock)
{
    private double left = burst;
    private long last = clock.GetTimestamp();

    /// <summary>Whether everything is there that can be.</summary>
    public bool IsFull
    {
        get
        {
            Refill();
            return left >= burst;
        }
    }

    public bool TryTake(int tokens = 1)
    {
        Refill();
        if (left < tokens) return false;
        left -= tokens;
        return true;
    }

    /// <summary>Takes what something turned out to cost, also when so much is not there: then the debt is paid off first.</summary>
    public void Pay(double tokens)
    {
        Refill();
        left -= tokens;
    }

    /// <summary>How long until the next one may be taken; zero: now.</summary>
    public TimeSpan Wait()
    {
        Refill();
        // Rounded up, so that after the wait there is one.
        return left >= 1 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling((1 - left) / perSecond * 1000) + 1);
    }

    private void Refill()
    {
        var now = clock.GetTimestamp();
        left = Math.Min(burst, left + clock.GetElapsedTime(last, now).TotalSeconds * perSecond);
        last = now;
    }
}
