using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Gateway;

/// <summary>
/// Which router should get a request. Pure. Only routers that announce the model and are not kept out are asked: a prompt is not shown
/// around. One point is a second: what this gateway measured itself, how far the router is from full trust, what it costs beside the
/// cheapest, how busy it says it is, what is under way there already. Routers that just failed stand last.
/// </summary>
internal static class RouterRanking
{
    /// <summary>After a failure a router stands last for this long, times its failures in a row (at most four).</summary>
    private const long CooldownMs = 10_000;

    /// <summary>What an unknown router is taken for: not so good that every newcomer is tried before a router that works well.</summary>
    private const double UnknownLatencySeconds = 0.5;

    /// <summary>What no trust at all costs: a friend may be a second slower than a stranger.</summary>
    private const double StrangerSeconds = 2;

    /// <summary>A router twice as dear as the cheapest is worth one second more; beyond this many it makes no difference.</summary>
    private const double MostExpensive = 5;

    /// <summary>A router that says no price, beside others that do.</summary>
    private const double Unpriced = 1;

    public static RankedRouters Rank(IReadOnlyList<KnownRouter> routers, Func<KnownRouter, RouterFacts> facts, InferenceRequest request, long nowMs)
    {
        if (routers.Count == 0) return Nothing(ErrorCode.NoRouters, "No router is known; check that the relay runs and lists one.");
        var serving = routers.Where(router => router.Profile.ModelCaps.Any(model => model.ModelId == request.ModelId)).ToList();
        if (serving.Count == 0) return Nothing(ErrorCode.ModelNotFound, "No router announces this model; GET /v1/models lists those that are served.");
        var needed = ModelFeatures.NeededBy(request);
        if (needed.Count > 0)
        {
            serving = [.. serving.Where(router => router.Profile.ModelCaps.Any(model => model.ModelId == request.ModelId && !needed.Except(model.Features ?? []).Any()))];
            if (serving.Count == 0) return Nothing(ErrorCode.UnsupportedParameter, $"No router announces this model with {string.Join(" and ", needed)}; ask without, or ask another model.");
        }

        // A prompt is not shown to a router that says it is too small, while another one is not.
        var tokens = TokenEstimate.Longest(request);
        var roomy = serving.Where(router => router.Profile.ModelCaps.Any(model => model.ModelId == request.ModelId && !(model.ContextWindow is > 0 and var context && context <= tokens))).ToList();
        if (roomy.Count > 0) serving = roomy;

        var heard = serving.Where(router => !facts(router).KeptOut).ToList();
        if (heard.Count == 0) return Nothing(ErrorCode.NoRouters, "Your lists or your web of trust keep out every router that serves this model; fedai routers says why.");
        return new RankedRouters(Order(heard, facts, request.ModelId, request.RequestId, nowMs, request.JobType), null);
    }

    /// <summary>All of them, best first, those kept out last. Without a model a router's price is that of its cheapest.</summary>
    public static IReadOnlyList<RouterCandidate> Order(IReadOnlyList<KnownRouter> routers, Func<KnownRouter, RouterFacts> facts, string? modelId, string lot, long nowMs, RouterJobType? jobType = null)
    {
        var prices = routers.Select(router => PriceOf(router, modelId, nowMs, jobType)).ToList();
        var cheapest = prices.Min();
        return
        [
            .. routers.Select((router, at) => Score(router, facts(router), prices[at], cheapest, nowMs))
                .OrderBy(candidate => candidate.Facts.KeptOut).ThenBy(candidate => candidate.Score)
                // Between equals the request decides, so that many gateways do not all choose the same router.
                .ThenBy(candidate => Lot(candidate.Router, lot), StringComparer.Ordinal),
        ];
    }

    /// <summary>What 1,000 tokens in and 1,000 out cost, in msat; null when the router posted nothing that still holds.</summary>
    public static long? PriceOf(KnownRouter router, string? modelId, long nowMs, RouterJobType? jobType = null) =>
        (from model in router.Profile.ModelCaps
         where modelId is null || model.ModelId == modelId
         let price = router.PriceOf(model.ModelId, nowMs, jobType)
         where price is { InputMsatPer1K: >= 0 and < MaxPrice, OutputMsatPer1K: >= 0 and < MaxPrice }
         select (long?)(price.InputMsatPer1K + price.OutputMsatPer1K)).Min();

    /// <summary>Ten bitcoins for a thousand tokens: nonsense, which must not overflow.</summary>
    private const long MaxPrice = 1_000_000_000_000;

    private static RouterCandidate Score(KnownRouter router, RouterFacts facts, long? price, long? cheapest, long nowMs)
    {
        var seen = facts.Seen;
        var slow = seen.LatencyMs > 0 ? seen.LatencyMs / 1000 : UnknownLatencySeconds;
        var distrust = StrangerSeconds * (TrustSnapshot.Full - facts.Trust) / TrustSnapshot.Full;
        // One sat is the smallest base, so that free and nearly free routers are compared by speed instead.
        var expensive = cheapest is null ? 0 : price is { } known ? Math.Min(MostExpensive, (known - cheapest.Value) / (double)Math.Max(cheapest.Value, 1000)) : Unpriced;
        var busy = router.Load?.BackpressureState switch
        {
            BackpressureState.Saturated => 10.0,
            BackpressureState.Busy => 1.0,
            _ => 0.0,
        };
        var age = nowMs - router.CreatedAt * 1000.0;
        var lifetime = router.ExpiresAtMs - router.CreatedAt * 1000.0;
        var stale = 0.2 * (lifetime > 0 ? Math.Clamp(age / lifetime, 0, 1) : 1);
        var load = busy + seen.InFlight * 0.1;
        var cooling = seen.FailuresInRow > 0 && seen.SinceFailureMs < CooldownMs * Math.Min(4, seen.FailuresInRow);
        var why = string.Create(CultureInfo.InvariantCulture,
            $"{(facts.KeptOut ? $"not asked: {Reason(facts.Standing)}; " : "")}latency +{slow:0.##}{(seen.LatencyMs > 0 ? "" : " (not measured)")}, trust +{distrust:0.##}, price +{expensive:0.##}{(price is null ? " (not posted)" : "")}, load +{load:0.##}, age +{stale:0.##}{(cooling ? ", failed lately" : "")}");
        return new RouterCandidate(router, facts, slow + distrust + expensive + load + stale + (cooling ? 1000 : 0), why);
    }

    private static string Reason(PeerStanding standing) => standing switch
    {
        PeerStanding.Blocked => "blocked",
        PeerStanding.Muted => "muted",
        PeerStanding.NotAllowed => "not in filter.allow",
        _ => "below filter.wot.minScore",
    };

    private static string Lot(KnownRouter router, string lot) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lot + router.Key.Hex)));

    private static RankedRouters Nothing(ErrorCode code, string hint) => new([], new Refusal(code, hint));
}
