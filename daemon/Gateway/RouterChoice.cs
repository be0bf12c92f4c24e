using System.Collections.Concurrent;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Gateway;

/// <summary>Ranks the known routers by what this daemon knows of them, and learns from every request how they do.</summary>
internal sealed class RouterChoice(RouterDirectory routers, TrustScores trust, PeerExperience experience, RequestTraces traces, TimeProvider time)
{
    /// <summary>Only routers that were asked have an entry; more than this means that long gone ones are among them.</summary>
    private const int MaxLoads = 4096;

    private readonly ConcurrentDictionary<PublicKey, PeerLoad> loads = new();

    /// <summary>Routers that may be asked: what they announced holds, and nothing keeps them out.</summary>
    public IReadOnlyList<KnownRouter> Heard => [.. routers.Current.Where(router => !FactsOf(router).KeptOut)];

    /// <summary>Of these routers those that serve the request, best first.</summary>
    public RankedRouters Rank(IReadOnlyList<KnownRouter> permitted, InferenceRequest request) => RouterRanking.Rank(permitted, FactsOf, request, NowMs());

    /// <summary>All known routers as they would be asked now, for people: those kept out last.</summary>
    public IReadOnlyList<RouterCandidate> Explain(string? modelId) =>
        RouterRanking.Order([.. routers.Current.Where(router => modelId is null || router.Profile.ModelCaps.Any(model => model.ModelId == modelId))], FactsOf, modelId, lot: "", NowMs());

    /// <summary>A request that was sent there is over: it was answered (done), refused, or the asker left.</summary>
    public void Asked(KnownRouter router, InferenceRequest request, TimeSpan took, bool done, Refusal? refusal) =>
        traces.Asked(request.RequestId, router.Key, request.ModelId, took, done, refusal);

    /// <summary>A request starts there; the caller says when it leaves.</summary>
    public PeerLoad Enter(KnownRouter router)
    {
        if (loads.Count >= MaxLoads)
            foreach (var gone in loads.Keys.Where(key => routers.Find(key) is null)) loads.TryRemove(gone, out _);
        var load = loads.GetOrAdd(router.Key, _ => new PeerLoad());
        load.Enter();
        return load;
    }

    /// <summary>An answer came whole and holds; the router and the node that signed it have served well.</summary>
    public void Succeeded(KnownRouter router, PublicKey node)
    {
        experience.Succeeded(router.Key);
        if (!node.Equals(router.Key)) experience.Succeeded(node);
    }

    /// <summary>The router's own fault.</summary>
    public void Failed(KnownRouter router, PeerLoad load)
    {
        load.Failed(NowMs());
        experience.Failed(router.Key);
    }

    private RouterFacts FactsOf(KnownRouter router)
    {
        var now = NowMs();
        return new RouterFacts(loads.TryGetValue(router.Key, out var load) ? load.Observe(now) : default, trust.Judge(router.Key), trust.Current.Of(Hex32.From(router.Key)));
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
