using System.Globalization;
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
        var active = nodes.Where(node => node.IsActive(nowMs)).ToList();
        if (active.Count == 0)
            return Nothing(ErrorCode.NoNodes, "No node is registered and alive at this router; start one with: fedai run --data DIR");

        var serving = active
            .SelectMany(node => node.Descriptor.Capabilities.Select(capability => (Node: node, Capability: capability)))
            .Where(offer => request.ModelId == AnyModel ? IsModel(offer.Capability, request) : offer.Capability.ModelId == request.ModelId)
            .ToList();
        if (serving.Count == 0)
            return Nothing(ErrorCode.ModelNotFound, "No node here serves this model; GET /v1/models lists those that are served.");

        var needed = ModelFeatures.NeededBy(request);
        if (needed.Count > 0)
        {
            serving.RemoveAll(offer => needed.Except(offer.Capability.Features ?? []).Any());
            if (serving.Count == 0)
                return Nothing(ErrorCode.UnsupportedParameter, $"No node here serves this model with {string.Join(" and ", needed)}; ask without, or ask another model.");
        }

        var gpu = request.Metadata?.GetValueOrDefault(ClaimRules.GpuMember);
        if (gpu is not null && !BandNames.Gpu.Contains(gpu))
            return Nothing(ErrorCode.InvalidRequest, $"metadata.gpu names the least GPU that will do: {string.Join(", ", BandNames.Gpu)}.");
        var promptBytes = PromptHash.PromptBytes(request);
        var fitting = serving.Where(offer => ClaimRules.Fits(offer.Node.Claim, gpu, promptBytes) && Fits(offer.Capability, request, inputTokensEstimate)).ToList();
        if (fitting.Count == 0 && gpu is not null)
            return Nothing(ErrorCode.NoCapableNodes, "No node here that says it has such a GPU takes this request; ask without metadata.gpu.");
        if (fitting.Count == 0)
            return Nothing(ErrorCode.NoCapableNodes, "No node here takes a request of this size; shorten the prompt or ask for fewer tokens.");

        var priced = fitting
            .Select(offer => (offer.Node, offer.Capability, Price: Prices.TotalMsat(offer.Capability.Pricing, inputTokensEstimate, (long)request.MaxTokens)))
            .GroupBy(offer => offer.Node.Key)
            .Select(ofNode => ofNode.MinBy(offer => offer.Price ?? long.MaxValue))
            .ToList();
        var cheapest = priced.Min(offer => offer.Price ?? long.MaxValue);

        var candidates = priced
            .Select(offer => Score(offer.Node, offer.Capability, offer.Price, cheapest, nowMs))
            .OrderBy(candidate => candidate.Score)
            // The key decides between exact equals: a stable order, and not the same for every router by registration time.
            .ThenBy(candidate => candidate.Node.Load.InFlight)
            .ThenBy(candidate => candidate.Node.Key.Hex, StringComparer.Ordinal)
            .ToList();
        return new RankedNodes(candidates, null);
    }

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

    private static NodeCandidate Score(NodeEntry node, ModelCapability capability, long? price, long cheapest, long nowMs)
    {
        var seen = node.Load.Observe(nowMs);
        var capacity = Math.Max(1, node.Descriptor.Capacity.MaxConcurrent);
        // One sat is the smallest base, so that free and nearly free nodes are compared by speed instead.
        var expensive = price is { } known ? (known - cheapest) / (double)Math.Max(cheapest, 1000) : 10;
        var slow = seen.LatencyMs / 1000;
        var busy = seen.InFlight / capacity;
        var cooling = seen.FailuresInRow > 0 && seen.SinceFailureMs < CooldownMs * Math.Min(4, seen.FailuresInRow);
        var claimed = ClaimRules.Weight(node.Claim, seen.Samples);
        var score = expensive + slow + busy - claimed + (cooling ? 1000 : 0);
        var why = string.Create(CultureInfo.InvariantCulture,
            $"price +{expensive:0.###}, latency +{slow:0.###}, load +{busy:0.###}{(claimed > 0 ? $", bands -{Math.Round(claimed, 3).ToString(CultureInfo.InvariantCulture)}" : "")}{(cooling ? ", failed lately" : "")}");
        return new NodeCandidate(node, capability.ModelId, capability.Pricing, price ?? 0, score, why);
    }

    private static RankedNodes Nothing(ErrorCode code, string hint) => new([], new Refusal(code, hint));
}
