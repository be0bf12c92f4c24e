using System.Globalization;
using System.Text.Json;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Tests.Protocol.Rules;

/// <summary>DECISIONS E1: whole msat inside, decimal sat outside, rounded up, one currency.</summary>
public sealed class PricesTests
{
    [Theory]
    [InlineData(0, 0L)]
    [InlineData(1, 1000L)]
    [InlineData(0.001, 1L)]
    [InlineData(0.0010000001, 2L)]
    [InlineData(0.0015, 2L)]
    [InlineData(0.1, 100L)]
    [InlineData(0.29, 290L)]
    [InlineData(1.005, 1005L)]
    [InlineData(1e-30, 1L)]
    [InlineData(5e-324, 1L)]
    [InlineData(999_999_999_999, 999_999_999_999_000L)]
    [InlineData(1e12, null)]
    [InlineData(-0.001, null)]
    [InlineData(double.NaN, null)]
    [InlineData(double.PositiveInfinity, null)]
    [InlineData(double.NegativeInfinity, null)]
    [InlineData(double.MaxValue, null)]
    public void ToMsat_ForeignPrice_IsRoundedUp(double sat, long? msat) => Prices.ToMsat(sat).ShouldBe(msat);

    [Fact]
    public void ToSat_AnyMsat_HasThreePlacesAndComesBack()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 20_000).Select(_ => random.NextInt64(0, 1L << random.Next(1, 49))).Concat([0, 1, 999, 1000, 1001, 999_999_999_998_999]);
        foreach (var msat in values)
        {
            var written = JsonSerializer.Serialize(new QuotePrice { Total = Prices.ToSat(msat), Currency = Prices.Sat }, ProtocolJson.Default.QuotePrice);
            using var read = JsonDocument.Parse(written);
            Prices.ToMsat(read.RootElement.GetProperty("total").GetDouble()).ShouldBe(msat, written);
            var exact = decimal.Parse(read.RootElement.GetProperty("total").GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);
            exact.ShouldBe(msat / 1000m, written);
        }
    }

    [Theory]
    [InlineData(0.001, 0.002, 20, 12, 44L)]
    [InlineData(0.0001, 0.0001, 1, 0, 1L)]
    [InlineData(0.0001, 0.0001, 10, 0, 1L)]
    [InlineData(0.0001, 0.0001, 10, 1, 2L)]
    [InlineData(0, 0, 1000, 1000, 0L)]
    [InlineData(0.1, 0.2, 3, 3, 900L)]
    [InlineData(1e-30, 0, 1, 0, 1L)]
    [InlineData(1e8, 1e8, 1_000_000_000, 1_000_000_000, null)]
    [InlineData(1e9, 0, 1, 1, null)]
    [InlineData(-1, 1, 1, 1, null)]
    [InlineData(double.NaN, 1, 1, 1, null)]
    [InlineData(1, double.PositiveInfinity, 1, 1, null)]
    [InlineData(1, 1, -1, 1, null)]
    [InlineData(0, 0, long.MaxValue, 0, null)]
    public void TotalMsat_OfTokens_IsExactAndRoundedUpOnce(double inputRate, double outputRate, long input, long output, long? msat) =>
        Prices.TotalMsat(new Pricing { Unit = PricingUnit.Token, InputRate = inputRate, OutputRate = outputRate, Currency = "SAT" }, input, output).ShouldBe(msat);

    [Theory]
    [InlineData("USD", PricingUnit.Token)]
    [InlineData("sat", PricingUnit.Token)]
    [InlineData("SATS", PricingUnit.Token)]
    [InlineData("", PricingUnit.Token)]
    [InlineData("SAT", PricingUnit.Second)]
    public void TotalMsat_OtherCurrencyOrUnit_IsNoPrice(string currency, PricingUnit unit) =>
        Prices.TotalMsat(new Pricing { Unit = unit, InputRate = 1, OutputRate = 1, Currency = currency }, 1, 1).ShouldBeNull();
}
