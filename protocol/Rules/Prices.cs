using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>
/// Money (DECISIONS E1): whole msat inside, decimal sat with at most three places on the wire. A stranger's price is
/// rounded up to whole msat; a price in any other currency is no price and is never compared.
/// </summary>
public static class Prices
{
    public const string Sat = "SAT";

    /// <summary>Above this a double no longer holds whole msat; no honest price is near it.</summary>
    private const decimal MaxMsat = 9_007_199_254_740_991;

    /// <summary>Whole msat as decimal sat.</summary>
    public static double ToSat(long msat) => (double)(msat / 1000m);

    /// <summary>Decimal sat as whole msat, rounded up; null when negative or absurd.</summary>
    public static long? ToMsat(double sat)
    {
        if (!(sat >= 0 && sat < 1e13)) return null;
        var msat = Math.Ceiling((decimal)sat * 1000m);
        return msat <= MaxMsat ? (long)msat : null;
    }

    /// <summary>What so many tokens cost under a node's price hint, in msat; null when it is not priced in sat per token.</summary>
    public static long? TotalMsat(Pricing pricing, long inputTokens, long outputTokens)
    {
        if (pricing.Currency != Sat || pricing.Unit != PricingUnit.Token) return null;
        if (!IsRate(pricing.InputRate) || !IsRate(pricing.OutputRate) || inputTokens < 0 || outputTokens < 0) return null;
        var msat = Math.Ceiling((((decimal)pricing.InputRate * inputTokens) + ((decimal)pricing.OutputRate * outputTokens)) * 1000m);
        return msat <= MaxMsat ? (long)msat : null;
    }

    // One bitcoin a token is beyond any price, and keeps the arithmetic far from overflow.
    private static bool IsRate(double rate) => rate is >= 0 and <= 1e8;
}
