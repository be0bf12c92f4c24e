using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;
using ModelCapability = FedAi.Protocol.Messages.Capability;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Router;

/// <summary>
/// Which node should run a request. Pure. Price, measured latency and this router's own in-flight count make the score,
/// each in units one can compare: 1 point is double the cheapest price, one second, or a node that is exactly full.
/// What a new node's manifest says of its machine counts a little (<see cref="ClaimRules"/>). Nodes that just failed stand last. Equal nodes share load, because every request in flight costs its node points.
/// </summary>
internal static class NodeRanking
{
    /// <summary>Any node and model that fits (WIRE 3.11).</summary>
    public const string AnyModel = "auto";

    /// <summary>After a failure a node stands last for this long, times its failures in a row (at most four).</summary>
    private const long CooldownMs = 10_000;

    public static RankedNodes Rank(IReadOnlyList<NodeEntry> nodes, InferenceRequest request, long inputTokensEstimate, long nowMs)
    {
        var needed = ModelFeatures.NeededBy(request);
        var gpu = request.Metadata?.GetValueOrDefault(ClaimRules.GpuMember);
        var promptBytes = PromptHash.PromptBytes(request);
        var (active, serving, featured, cheapest) = (0, 0, 0, long.MaxValue);
        List<(NodeEntry Node, ModelCapability Capability, long? Price)> fitting = [];
        foreach (var node in nodes)
        {
            if (!node.IsActive(nowMs)) continue;
            active++;
            (ModelCapability Capability, long? Price)? best = null;
            foreach (var capability in node.Descriptor.Capabilities)
            {
                if (!(request.ModelId == AnyModel ? IsModel(capability, request) : capability.ModelId == request.ModelId)) continue;
                serving++;
                if (needed.Count > 0 && needed.Except(capability.Features ?? []).Any()) continue;
                featured++;
                if (!ClaimRules.Fits(node.Claim, gpu, promptBytes) || !Fits(capability, request, inputTokensEstimate)) continue;
                var price = Prices.TotalMsat(capability.Pricing, inputTokensEstimate, (long)request.MaxTokens);
                if (best is null || (price ?? long.MaxValue) < (best.Value.Price ?? long.MaxValue)) best = (capability, price);
            }

            if (best is not { } offer) continue;
            fitting.Add((node, offer.Capability, offer.Price));
            cheapest = Math.Min(cheapest, offer.Price ?? long.MaxValue);
        }

        if (active == 0) return Nothing(ErrorCode.NoNodes, "No node is registered and alive at this router; start one with: fedai run --data DIR");
        if (serving == 0) return Nothing(ErrorCode.ModelNotFound, "No node here serves this model; GET /v1/models lists those that are served.");
        if (featured == 0) return Nothing(ErrorCode.UnsupportedParameter, $"No node here serves this model with {string.Join(" and ", needed)}; ask without, or ask another model.");
        if (gpu is not null && !BandNames.Gpu.Contains(gpu)) return Nothing(ErrorCode.InvalidRequest, $"metadata.gpu names the least GPU that will do: {string.Join(", ", BandNames.Gpu)}.");
        if (fitting.Count == 0)
            return Nothing(ErrorCode.NoCapableNodes, gpu is not null ? "No node here that says it has such a GPU takes this request; ask without metadata.gpu."
                : "No node here takes a request of this size; shorten the prompt or ask for fewer tokens.");

        List<NodeCandidate> candidates = [.. fitting.Select(offer => new NodeCandidate(
            offer.Node, offer.Capability.ModelId, offer.Capability.Pricing, offer.Price ?? 0, Score(offer.Node, offer.Price, cheapest, nowMs), offer.Node.Load.InFlight))];
        candidates.Sort(InOrder);
        return new RankedNodes(candidates, null);
    }

    /// <summary>The key decides between exact equals: a stable order, and not the same for every router by registration time.</summary>
    private static int InOrder(NodeCandidate one, NodeCandidate other) =>
        one.Score.CompareTo(other.Score) is not 0 and var byScore ? byScore
        : one.InFlight.CompareTo(other.InFlight) is not 0 and var byLoad ? byLoad
        : string.CompareOrdinal(one.Node.Key.Hex, other.Node.Key.Hex);

    /// <summary>Who says "any model" and nothing else wants text, from a model and not from a role.</summary>
    private static bool IsModel(ModelCapability capability, InferenceRequest request) =>
        RoleTypes.JobOf(capability.ModelId) is null && (request.JobType is not null || capability.JobTypes?.Contains(RouterJobType.GenChunk) != false);

    private static bool Fits(ModelCapability capability, InferenceRequest request, long inputTokensEstimate) =>
        DoesJob(capability, request.JobType)
        && (capability.MaxTokens <= 0 || request.MaxTokens <= capability.MaxTokens)
        && (capability.ContextWindow <= 0 || (request.Inputs is null ? inputTokensEstimate + request.MaxTokens : TokenEstimate.Longest(request)) <= capability.ContextWindow);

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
        return expensive + slow + busy - ClaimRules.Weight(node.Claim, seen.Samples) + (IsCooling(seen) ? 1000 : 0);
    }

    /// <summary>Whether the node failed so lately that it is asked last.</summary>
    public static bool IsCooling(PeerObservation seen) => seen.FailuresInRow > 0 && seen.SinceFailureMs < CooldownMs * Math.Min(4, seen.FailuresInRow);

    private static RankedNodes Nothing(ErrorCode code, string hint) => new([], new Refusal(code, hint));
}
