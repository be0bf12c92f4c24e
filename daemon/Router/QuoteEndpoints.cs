using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Router;

/// <summary>What a request would cost here (WIRE 3.3): the price of the node that would be chosen now, signed, good for a minute; and the key to seal the request with (DECISIONS E11).</summary>
internal sealed class QuoteEndpoints(EnvelopeGate gate, RouterAdmission admit, NodeDirectory nodes, RequestTraces traces, KeyPair identity, TimeProvider time)
{
    private const long ValidForMs = 60_000;

    /// <summary>Enough to name whom one trusts; every name is looked at once for each node.</summary>
    private const int MaxNodes = 1024;

    public void Map(IEndpointRouteBuilder app) => app.MapPost("/quote", (RequestDelegate)QuoteAsync);

    private async Task QuoteAsync(HttpContext context)
    {
        var admission = await gate.AdmitAsync(context, ProtocolJson.Default.QuoteRequest, key => admit.Client(context, key));
        if ((admission.Refusal ?? Problem(admission.Payload)) is { } refusal)
        {
            await WireAnswer.RefuseAsync(context.Response, refusal);
            return;
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var asked = admission.Payload;
        var ranked = nodes.Rank(ToInference(asked), (long)Math.Max(0, asked.InputTokensEstimate));
        var sealing = asked.PrivacyLevel is PrivacyLevel.PL2 or PrivacyLevel.PL3;
        var chosen = Allowed(asked.Constraints, ranked.Candidates).FirstOrDefault(candidate => !sealing || candidate.Node.Descriptor.SealKey is not null);
        if (chosen is null)
        {
            await WireAnswer.RefuseAsync(context.Response, ranked.None ?? new Refusal(ErrorCode.NoCapableNodes, "No node meets the constraints of this quote."));
            return;
        }

        var offer = chosen.Node.Descriptor.Capabilities.First(model => model.ModelId == chosen.ModelId && model.Pricing == chosen.Pricing);
        var quote = new QuoteResponse
        {
            RequestId = asked.RequestId,
            ModelId = chosen.ModelId,
            NodeId = chosen.Node.Descriptor.NodeId,
            Price = new QuotePrice { Total = Prices.ToSat(chosen.PriceMsat), Currency = Prices.Sat },
            LatencyEstimateMs = Math.Round(chosen.Node.Load.Observe(now).LatencyMs),
            ExpiresAtMs = now + ValidForMs,
            Node = chosen.Node.Descriptor.SealKey is { } key ? new NodeSealKey { KeyId = chosen.Node.Key.Npub, SealKey = key } : null,
            MaxTokens = offer.MaxTokens > 0 ? offer.MaxTokens : null,
            ContextWindow = offer.ContextWindow > 0 ? offer.ContextWindow : null,
        };
        traces.Quoted(asked.RequestId, chosen.Node.Key, chosen.ModelId, chosen.PriceMsat);
        // The request's own nonce, as WIRE has it, so that the asker can match the answer.
        var envelope = EnvelopeSealer.Seal(quote, ProtocolJson.Default.QuoteResponse, identity, now, admission.Nonce);
        await WireAnswer.WriteAsync(context.Response, (byte[])[.. "{\"quote\":"u8, .. envelope, .. "}"u8]);
    }

    private static Refusal? Problem(QuoteRequest asked) => asked.Constraints is { } constraints && Math.Max(constraints.Nodes?.Count ?? 0, Math.Max(constraints.AvoidNodes?.Count ?? 0, constraints.Features?.Count ?? 0)) > MaxNodes
        ? new Refusal(ErrorCode.InvalidRequest, $"constraints take at most {MaxNodes} nodes or features.")
        : RequestValues.ProblemOfNames(asked.RequestId, asked.ModelId);

    private static IEnumerable<NodeCandidate> Allowed(QuoteConstraints? constraints, IReadOnlyList<NodeCandidate> candidates)
    {
        if (constraints is null) return candidates;
        var only = constraints.Nodes?.ToHashSet(StringComparer.Ordinal);
        var avoid = constraints.AvoidNodes?.ToHashSet(StringComparer.Ordinal);
        return candidates.Where(candidate =>
            (constraints.MaxPrice is not { } max || Prices.ToSat(candidate.PriceMsat) <= max)
            && (constraints.Regions is not { Count: > 0 } regions || (candidate.Node.Descriptor.Region is { } region && regions.Contains(region)))
            && only?.Contains(candidate.Node.Key.Npub) != false
            && avoid?.Contains(candidate.Node.Key.Npub) != true
            && (constraints.Features is not { Count: > 0 } features || candidate.Node.Descriptor.Capabilities.Any(model => model.ModelId == candidate.ModelId && !features.Except(model.Features ?? []).Any())));
    }

    private static InferenceRequest ToInference(QuoteRequest quote) => new()
    {
        RequestId = quote.RequestId,
        ModelId = quote.ModelId,
        Prompt = "",
        MaxTokens = quote.OutputTokensEstimate,
        JobType = quote.JobType,
        PrivacyLevel = quote.PrivacyLevel,
        Metadata = quote.Constraints?.Gpu is { } gpu ? new Dictionary<string, string> { [ClaimRules.GpuMember] = gpu } : null,
    };
}
