namespace FedAi.RelayDiscovery.Connections;

/// <summary>How long to wait before a relay is tried again: doubling, bounded, and half of it random so that peers do not return in step.</summary>
public static class RelayBackoff
{
    /// <param name="failures">Failures in a row, at least 1.</param>
    /// <param name="jitter">From 0 to 1.</param>
    public static TimeSpan Delay(int failures, double jitter, TimeSpan first, TimeSpan longest)
    {
        var doubled = first.TotalMilliseconds * Math.Pow(2, failures - 1);
        var whole = Math.Min(longest.TotalMilliseconds, doubled);
        return TimeSpan.FromMilliseconds(whole * (0.5 + jitter / 2));
    }
}
