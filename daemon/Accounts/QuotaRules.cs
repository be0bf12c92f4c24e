using FedAi.Daemon.Store;

namespace FedAi.Daemon.Accounts;

/// <summary>In which period a moment lies, and when that ends. Periods are UTC's. Pure.</summary>
internal static class QuotaRules
{
    /// <summary>The beginning of the period, in ms; 0 for a quota that is for good.</summary>
    public static long Start(QuotaPeriod period, DateTimeOffset now) => period switch
    {
        QuotaPeriod.Day => new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).ToUnixTimeMilliseconds(),
        QuotaPeriod.Month => FirstOfMonth(now).ToUnixTimeMilliseconds(),
        _ => 0,
    };

    /// <summary>How long until it begins anew; null for good.</summary>
    public static TimeSpan? Remaining(QuotaPeriod period, DateTimeOffset now) => period switch
    {
        QuotaPeriod.Day => new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1) - now,
        QuotaPeriod.Month => FirstOfMonth(now).AddMonths(1) - now,
        _ => null,
    };

    private static DateTimeOffset FirstOfMonth(DateTimeOffset now) => new(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);
}
