using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Node;

/// <summary>What this node asks, in msat per token. Inside everything is whole msat; on the wire it is decimal sat (DECISIONS E1).</summary>
internal sealed record NodePricing(long InputMsatPerToken, long OutputMsatPerToken)
{
    public long PriceMsat(long inputTokens, long outputTokens) => checked((inputTokens * InputMsatPerToken) + (outputTokens * OutputMsatPerToken));

    public Pricing ToWire() => new()
    {
        Unit = PricingUnit.Token,
        InputRate = Prices.ToSat(InputMsatPerToken),
        OutputRate = Prices.ToSat(OutputMsatPerToken),
        Currency = Prices.Sat,
    };
}
