using FedAi.Protocol.Messages;
using ModelCapability = FedAi.Protocol.Messages.Capability;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Router;

/// <summary>
/// Which node should run a request. Pure. Price, measured latency and this router's own in-flight count make the score,
/// each in units one can compare: 1 point is double the cheapest price, one second, or a node that is exactly full; a node that would cut the answer short stands worse.
/// What a new node's manifest says of its machine counts a little (<see cref="ClaimRules"/>). Nodes that just failed stand last. Equal nodes share load, because every request in flight costs its node points.
/// </summary>
internal static class NodeRanking
{
    /// <summary>Any node and model that fits (WIRE 3.11).</summary>
    public const string AnyModel = "auto";

    /// <summary>What an answer that is cut to nothing costs, in points.</summary>
    private const double CutShort = 2;

    /// <summary>How far the request got with the node that came nearest to taking it, in the order in which that is looked at.</summary>
    private enum Nearest
    {
        NoNode, NoModel, NoFeature, NoSuchWork, NoGpu, PromptBytes, Context, Answer, Fits,
    }

    public static RankedNodes Rank(IEnumerable<NodeEntry> nodes, InferenceRequest request, long inputTokensEstimate, long nowMs)
    {
        var needed = ModelFeatures.NeededBy(request);
        var gpu = request.Metadata?.GetValueOrDefault(ClaimRules.GpuMember);
        var promptBytes = PromptHash.PromptBytes(request);
        var nearest = Nearest.NoNode;
        var cheapest = long.MaxValue;
        List<(NodeEntry Node, ModelCapability Capability, long Tokens, long? Price)> fitting = [];
        foreach (var node in nodes)
        {
            if (!node.IsActive(nowMs)) continue;
            var reached = Nearest.NoModel;
            (ModelCapability Capability, long Tokens, long? Price)? best = null;
            foreach (var capability in node.Descriptor.Capabilities)
            {
                if (!(request.ModelId == AnyModel ? IsModel(capability, request) : capability.ModelId == request.ModelId)) continue;
                var fit = Fit(node, capability, needed, gpu, promptBytes, request, inputTokensEstimate, out var tokens);
                if (fit > reached) reached = fit;
                if (fit != Nearest.Fits) continue;
                // Compared for the whole answer: who would write less of it is not cheaper for that.
                var price = Prices.TotalMsat(capability.Pricing, inputTokensEstimate, (long)request.MaxTokens);
                if (best is null || (price ?? long.MaxValue) < (best.Value.Price ?? long.MaxValue)) best = (capability, tokens, price);
            }

            if (reached > nearest) nearest = reached;
            if (best is not { } offer) continue;
            fitting.Add((node, offer.Capability, offer.Tokens, offer.Price));
            cheapest = Math.Min(cheapest, offer.Price ?? long.MaxValue);
        }

        if (nearest != Nearest.Fits || (gpu is not null && !BandNames.Gpu.Contains(gpu))) return new RankedNodes([], Why(nearest, needed, gpu));
        List<NodeCandidate> candidates = [.. fitting.Select(offer => new NodeCandidate(
            offer.Node, offer.Capability.ModelId, offer.Capability.Pricing, offer.Tokens, (offer.Tokens == (long)request.MaxTokens ? offer.Price : Prices.TotalMsat(offer.Capability.Pricing, inputTokensEstimate, offer.Tokens)) ?? 0,
            Score(offer.Node, offer.Price, cheapest, nowMs) + Missing(offer.Tokens, request.MaxTokens), offer.Node.Load.InFlight))];
        candidates.Sort(InOrder);
        return new RankedNodes(candidates, null);
    }

    private static Refusal Why(Nearest nearest, IReadOnlyList<string> needed, string? gpu) => nearest switch
    {
        Nearest.NoNode => new(ErrorCode.NoNodes, "No node is registered and alive at this router; start one with: fedai run --data DIR"),
        Nearest.NoModel => new(ErrorCode.ModelNotFound, "No node here serves this model; GET /v1/models lists those that are served."),
        Nearest.NoFeature => new(ErrorCode.UnsupportedParameter, $"No node here serves this model with {string.Join(" and ", needed)}; ask without, or ask another model."),
        Nearest.NoSuchWork => new(ErrorCode.UnsupportedParameter, "No node here does this kind of work with this model; ask another model."),
        _ when gpu is not null && !BandNames.Gpu.Contains(gpu) => new(ErrorCode.InvalidRequest, $"metadata.gpu names the least GPU that will do: {string.Join(", ", BandNames.Gpu)}."),
        Nearest.NoGpu => new(ErrorCode.NoCapableNodes, "No node here says that it has such a GPU; ask without metadata.gpu."),
        Nearest.PromptBytes => new(ErrorCode.PromptTooLarge, "The prompt is larger than any node here takes; send fewer or shorter messages."),
        Nearest.Context => new(ErrorCode.ContextWindowExceeded, "The prompt does not fit into the context of any node here; send fewer or shorter messages."),
        _ => new(ErrorCode.MaxTokensExceeded, "No node here writes so long an answer after such a prompt; ask for fewer tokens."),
    };

    /// <summary>The key decides between exact equals: a stable order, and not the same for every router by registration time.</summary>
    private static int InOrder(NodeCandidate one, NodeCandidate other) =>
        one.Score.CompareTo(other.Score) is not 0 and var byScore ? byScore
        : one.InFlight.CompareTo(other.InFlight) is not 0 and var byLoad ? byLoad
        : string.CompareOrdinal(one.Node.Key.Hex, other.Node.Key.Hex);

    /// <summary>Who says "any model" and nothing else wants text, from a model and not from a role.</summary>
    private static bool IsModel(ModelCapability capability, InferenceRequest request) =>
        RoleTypes.JobOf(capability.ModelId) is null && (request.JobType is not null || capability.JobTypes?.Contains(RouterJobType.GenChunk) != false);

    /// <summary>
    /// How many tokens this model would write after the prompt: at most what was asked, which is a ceiling (DECISIONS E2). What is sealed says
    /// inside how long it may become, so it is taken as a whole or not at all.
    /// </summary>
    private static Nearest Fit(NodeEntry node, ModelCapability capability, IReadOnlyList<string> needed, string? gpu, long promptBytes, InferenceRequest request, long inputTokensEstimate, out long tokens)
    {
        tokens = (long)request.MaxTokens;
        if (needed.Count > 0 && needed.Except(capability.Features ?? []).Any()) return Nearest.NoFeature;
        if (!DoesJob(capability, request.JobType)) return Nearest.NoSuchWork;
        if (!ClaimRules.HasGpu(node.Claim, gpu)) return Nearest.NoGpu;
        if (!ClaimRules.Takes(node.Claim, promptBytes)) return Nearest.PromptBytes;
        var room = capability.ContextWindow <= 0 ? long.MaxValue : (long)capability.ContextWindow - (request.Inputs is null ? inputTokensEstimate : TokenEstimate.Longest(request));
        if (request.Inputs is not null) return room >= 0 ? Nearest.Fits : Nearest.Context;
        if (room < 1) return Nearest.Context;
        var most = capability.MaxTokens > 0 ? Math.Min(room, (long)capability.MaxTokens) : room;
        if (tokens > most && request.Sealed is not null) return Nearest.Answer;
        tokens = Math.Min(tokens, most);
        return Nearest.Fits;
    }

    /// <summary>What a node stands worse for that would cut the answer short: one that can write half of what was asked costs half.</summary>
    private static double Missing(long tokens, double asked) => tokens < asked ? CutShort * (1 - (tokens / asked)) : 0;

    /// <summary>Who names no kind of work wants text, which some models do not write.</summary>
    private static bool DoesJob(ModelCapability capability, RouterJobType? jobType) =>
        capability.JobTypes is not { Count: > 0 } jobs || (jobType is { } wanted ? jobs.Contains(wanted) : jobs.Any(job => job is not (RouterJobType.Embedding or RouterJobType.Rerank)));

    private static double Score(NodeEntry node, long? price, long cheapest, long nowMs)
    {
        var seen = node.Load.Observe(nowMs);
        var capacity = Math.Max(1, node.Descriptor.Capacity.MaxConcurrent);
        // One sat is the smallest base, so that free and nearly free nodes are compared by speed instead.
        var expensive = price is { } known ? (known - cheapest) / (double)Math.Max(cheapest, 1000) : 10;
        var slow = seen.LatencyMs / 1000;
        var busy = seen.InFlight / capacity;
        return expensive + slow + busy - ClaimRules.Weight(node.Claim, seen.Samples) + (node.IsCooling(seen) ? 1000 : 0);
    }
}
