using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>
/// Money (DECISIONS E1): whole msat inside, decimal sat with at most three places on the wire. A stranger's price is
/// rounded up to whole msat; a price in any other currency is no price and is never compared.
/// </summary>
public static class Prices
{
    public const string Sat = "SAT";

    /// <summary>10,000 bitcoin. A double holds 15 digits, so up to here it holds every msat; no honest price is near it.</summary>
    private const decimal MaxMsat = 999_999_999_999_999;

    /// <summary>A decimal ends here; a price that is smaller still is a price.</summary>
    private const decimal Smallest = 0.0000000000000000000000000001m;

    // One bitcoin a token and a billion tokens are beyond any price, and keep the arithmetic far from overflow.
    private const double MaxRate = 1e8;
    private const long MaxTokens = 1_000_000_000;

    /// <summary>Whole msat as decimal sat.</summary>
    public static double ToSat(long msat) => (double)(msat / 1000m);

    /// <summary>Decimal sat as whole msat, rounded up; null when negative or absurd.</summary>
    public static long? ToMsat(double sat) => sat is >= 0 and < 1e12 ? RoundUp(Exact(sat) * 1000m) : null;

    /// <summary>What so many tokens cost under a node's price hint, in msat; null when it is not priced in sat per token.</summary>
    public static long? TotalMsat(Pricing pricing, long inputTokens, long outputTokens)
    {
        if (pricing.Currency != Sat || pricing.Unit != PricingUnit.Token) return null;
        if (!IsRate(pricing.InputRate) || !IsRate(pricing.OutputRate)) return null;
        if (inputTokens is < 0 or > MaxTokens || outputTokens is < 0 or > MaxTokens) return null;
        return RoundUp(((Exact(pricing.InputRate) * inputTokens) + (Exact(pricing.OutputRate) * outputTokens)) * 1000m);
    }

    private static decimal Exact(double value) => value > 0 ? Math.Max((decimal)value, Smallest) : 0;

    private static long? RoundUp(decimal msat) => msat <= MaxMsat ? (long)Math.Ceiling(msat) : null;

    private static bool IsRate(double rate) => rate is >= 0 and <= MaxRate;
}
