using System.Globalization;
using FedAi.Daemon.Accounts;
using FedAi.Daemon.Store;

namespace FedAi.Tests.Daemon.Accounts;

public sealed class QuotaRulesTests
{
    [Theory]
    [InlineData("Total", "2026-12-31T23:59:59Z", null, null)]
    [InlineData("Day", "2026-12-31T23:59:59Z", "2026-12-31T00:00:00Z", 1.0)]
    [InlineData("Day", "2027-01-01T01:30:00+02:00", "2026-12-31T00:00:00Z", 1800.0)] // days are UTC's
    [InlineData("Month", "2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", 43_200.0)]
    [InlineData("Month", "2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z", 2_678_400.0)]
    public void Start_OfAPeriod_IsUtcs(string name, string now, string? start, double? seconds)
    {
        var (period, at) = (Enum.Parse<QuotaPeriod>(name), DateTimeOffset.Parse(now, CultureInfo.InvariantCulture));

        QuotaRules.Start(period, at).ShouldBe(start is null ? 0 : DateTimeOffset.Parse(start, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
        QuotaRules.Remaining(period, at)?.TotalSeconds.ShouldBe(seconds!.Value);
        (QuotaRules.Remaining(period, at) is null).ShouldBe(seconds is null);
    }
}
