using FedAi.Daemon.Accounts;

namespace FedAi.Tests.Daemon.Accounts;

public sealed class RateRulesTests
{
    [Theory]
    [InlineData(0, 1000, 5, 10, 5)]
    [InlineData(9, 1000, 5, 10, 10)]
    [InlineData(3, 0, 5, 10, 3)]
    [InlineData(3, -5000, 5, 10, 3)] // a clock that went back gives nothing and takes nothing
    [InlineData(double.MaxValue, 0, 5, 10, 10)]
    public void Refill_AfterATime_HoldsNoMoreThanTheBurst(double level, int elapsedMs, double perSecond, double burst, double expected) =>
        RateRules.Refill(level, TimeSpan.FromMilliseconds(elapsedMs), perSecond, burst).ShouldBe(expected);

    [Theory]
    [InlineData(1, 0, 5, 200)]
    [InlineData(1, 1, 5, 0)]
    [InlineData(10, 0, 0.5, 20_000)]
    [InlineData(1, 0, 0.000001, 86_400_000)] // never said to be longer than a day
    public void Until_Wanted_IsTheTimeItTakes(double wanted, double level, double perSecond, int ms) =>
        RateRules.Until(wanted, level, perSecond).ShouldBe(TimeSpan.FromMilliseconds(ms));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(200, 1)]
    [InlineData(1001, 2)]
    public void RetryAfter_OfAWait_IsNeverTooEarly(int ms, int seconds) => RateRules.RetryAfter(TimeSpan.FromMilliseconds(ms)).ShouldBe(seconds);

    [Theory]
    [InlineData(0, "0ms")]
    [InlineData(20, "20ms")]
    [InlineData(1000, "1s")]
    [InlineData(1250, "1.3s")]
    [InlineData(360_000, "6m0s")]
    [InlineData(10_800_000, "3h0m0s")]
    [InlineData(100_000_000, "27h46m40s")]
    public void Text_OfATime_IsAsOpenAiWritesIt(int ms, string text) => RateRules.Text(TimeSpan.FromMilliseconds(ms)).ShouldBe(text);

    [Fact]
    public void Refill_RequestsAtRandomTimes_NeverLetMoreThroughThanBurstPlusRate()
    {
        var random = new Random(4);
        for (var round = 0; round < 200; round++)
        {
            var (perSecond, burst) = (random.Next(1, 20), random.Next(1, 30));
            var (level, last, admitted) = ((double)burst, 0, new List<int>());
            for (var now = 0; now < 20_000; now += random.Next(0, 200))
            {
                level = RateRules.Refill(level, TimeSpan.FromMilliseconds(now - last), perSecond, burst);
                last = now;
                if (level < 1) continue;
                level--;
                admitted.Add(now);
            }

            // The slow and obvious way: count every window.
            for (var from = 0; from < admitted.Count; from += 7)
                for (var to = from; to < admitted.Count; to += 3)
                    (to - from + 1).ShouldBeLessThanOrEqualTo((int)Math.Ceiling(burst + (perSecond * (admitted[to] - admitted[from]) / 1000.0)));
        }
    }
}
