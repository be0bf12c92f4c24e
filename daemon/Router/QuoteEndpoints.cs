using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Router;

/// <summary>What a request would cost here (WIRE 3.3): the price of the node that would be chosen now, signed, good for a minute.</summary>
internal sealed class QuoteEndpoints(EnvelopeGate gate, RouterAdmission admit, NodeDirectory nodes, KeyPair identity, TimeProvider time)
{
    private const long ValidForMs = 60_000;

    public void Map(IEndpointRouteBuilder app) => app.MapPost("/quote", (RequestDelegate)QuoteAsync);

    private async Task QuoteAsync(HttpContext context)
    {
        var admission = await gate.AdmitAsync(context, ProtocolJson.Default.QuoteRequest, key => admit.Client(context, key));
        if (admission.Refusal is { } refusal)
        {
            await WireAnswer.RefuseAsync(context.Response, refusal);
            return;
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var asked = admission.Payload;
        var ranked = NodeRanking.Rank(nodes.Current, ToInference(asked), (long)Math.Max(0, asked.InputTokensEstimate), now);
        var chosen = ranked.Candidates.FirstOrDefault(candidate => Allows(asked.Constraints, candidate));
        if (chosen is null)
        {
            await WireAnswer.RefuseAsync(context.Response, ranked.None ?? new Refusal(ErrorCode.NoCapableNodes, "No node meets the constraints of this quote."));
            return;
        }

        var quote = new QuoteResponse
        {
            RequestId = asked.RequestId,
            ModelId = chosen.ModelId,
            NodeId = chosen.Node.Descriptor.NodeId,
            Price = new QuotePrice { Total = Prices.ToSat(chosen.PriceMsat), Currency = Prices.Sat },
            LatencyEstimateMs = Math.Round(chosen.Node.Load.Observe(now).LatencyMs),
            ExpiresAtMs = now + ValidForMs,
        };
        // The request's own nonce, as WIRE has it, so that the asker can match the answer.
        var envelope = EnvelopeSealer.Seal(quote, ProtocolJson.Default.QuoteResponse, identity, now, admission.Nonce);
        await WireAnswer.WriteAsync(context.Response, (byte[])[.. "{\"quote\":"u8, .. envelope, .. "}"u8]);
    }

    private static bool Allows(QuoteConstraints? constraints, NodeCandidate candidate) => constraints is null
        || ((constraints.MaxPrice is not { } max || Prices.ToSat(candidate.PriceMsat) <= max)
            && (constraints.Regions is not { Count: > 0 } regions || (candidate.Node.Descriptor.Region is { } region && regions.Contains(region))));

    private static InferenceRequest ToInference(QuoteRequest quote) => new()
    {
        RequestId = quote.RequestId,
        ModelId = quote.ModelId,
        Prompt = "",
        MaxTokens = quote.OutputTokensEstimate,
        JobType = quote.JobType,
    };
}
