namespace FedAi.Daemon.Accounts;

/// <summary>A token bucket: it holds at most <c>burst</c> requests and refills at <c>perSecond</c>. Pure.</summary>
internal static class RateRules
{
    /// <summary>What the bucket holds after this time.</summary>
    public static double Refill(double level, TimeSpan elapsed, double perSecond, double burst) =>
        Math.Min(burst, level + (Math.Max(0, elapsed.TotalSeconds) * perSecond));

    /// <summary>How long until the bucket holds that much.</summary>
    public static TimeSpan Until(double wanted, double level, double perSecond) =>
        level >= wanted ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min((wanted - level) / perSecond, TimeSpan.FromDays(1).TotalSeconds));

    /// <summary>Whole seconds for a Retry-After: never so early that the next try fails too.</summary>
    public static int RetryAfter(TimeSpan wait) => Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));

    /// <summary>As OpenAI writes the time until a limit is as it was: <c>20ms</c>, <c>1s</c>, <c>6m0s</c>, <c>3h0m0s</c>.</summary>
    public static string Text(TimeSpan reset)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return reset < TimeSpan.FromSeconds(1) ? string.Create(culture, $"{Math.Ceiling(reset.TotalMilliseconds)}ms")
            : reset < TimeSpan.FromMinutes(1) ? string.Create(culture, $"{Math.Ceiling(reset.TotalSeconds * 10) / 10}s")
            : reset < TimeSpan.FromHours(1) ? string.Create(culture, $"{reset.Minutes}m{reset.Seconds}s")
            : string.Create(culture, $"{(long)reset.TotalHours}h{reset.Minutes}m{reset.Seconds}s");
    }
}
