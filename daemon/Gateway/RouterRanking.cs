using System.Security.Cryptography;
using System.Text;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Gateway;

/// <summary>
/// Which router should get a request. Pure. Only routers that announce the model are asked: a prompt is not shown around.
/// One point is a second: what this gateway measured itself, how busy the router says it is, what is under way there already.
/// Routers that just failed stand last.
/// </summary>
internal static class RouterRanking
{
    /// <summary>After a failure a router stands last for this long, times its failures in a row (at most four).</summary>
    private const long CooldownMs = 10_000;

    /// <summary>What an unknown router is taken for: not so good that every newcomer is tried before a router that works well.</summary>
    private const double UnknownLatencySeconds = 0.5;

    public static RankedRouters Rank(IReadOnlyList<KnownRouter> routers, Func<KnownRouter, PeerObservation> seen, InferenceRequest request, long nowMs)
    {
        if (routers.Count == 0) return Nothing(ErrorCode.NoRouters, "No router is known; check that the relay runs and lists one.");
        var serving = routers.Where(router => router.Profile.ModelCaps.Any(model => model.ModelId == request.ModelId)).ToList();
        if (serving.Count == 0) return Nothing(ErrorCode.ModelNotFound, "No router announces this model; GET /v1/models lists those that are served.");
        return new RankedRouters([.. serving
            .OrderBy(router => Score(router, seen(router), nowMs))
            // Between equals the request decides, so that many gateways do not all choose the same router.
            .ThenBy(router => Lot(router, request.RequestId), StringComparer.Ordinal)], null);
    }

    private static double Score(KnownRouter router, PeerObservation seen, long nowMs)
    {
        var slow = seen.LatencyMs > 0 ? seen.LatencyMs / 1000 : UnknownLatencySeconds;
        var busy = router.Load?.BackpressureState switch
        {
            BackpressureState.Saturated => 10.0,
            BackpressureState.Busy => 1.0,
            _ => 0.0,
        };
        var age = nowMs - router.CreatedAt * 1000.0;
        var lifetime = router.ExpiresAtMs - router.CreatedAt * 1000.0;
        var stale = lifetime > 0 ? Math.Clamp(age / lifetime, 0, 1) : 1;
        var cooling = seen.FailuresInRow > 0 && seen.SinceFailureMs < CooldownMs * Math.Min(4, seen.FailuresInRow);
        return slow + busy + stale * 0.2 + seen.InFlight * 0.1 + (cooling ? 1000 : 0);
    }

    private static string Lot(KnownRouter router, string requestId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(requestId + router.Key.Hex)));

    private static RankedRouters Nothing(ErrorCode code, string hint) => new([], new Refusal(code, hint));
}
