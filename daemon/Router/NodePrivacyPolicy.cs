using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>
/// Which nodes a request may go to by its privacy level (DECISIONS E10, E11), before they are ranked. Pure. From PL1 on every hop
/// has TLS or stays on this machine; a sealed request goes to the one node that can open it, and never to another.
/// </summary>
internal static class NodePrivacyPolicy
{
    private static readonly Refusal Unsealed = new(ErrorCode.InvalidRequest,
        "A request at PL2 or PL3 must be sealed to a node, and this one is not: ask through a gateway on your own machine, which seals it (fedai gateway).");

    private static readonly Refusal Gone = new(ErrorCode.NoNodesAvailable,
        "The node that this request is sealed to is not registered here, or does not serve this model; ask for another quote.");

    private static readonly Refusal InClear = new(ErrorCode.PrivacyUnsupported,
        "The nodes that serve this model are reached without TLS; set http.tls on them, or ask with PL0.");

    public static RankedNodes Rank(IReadOnlyList<NodeEntry> nodes, InferenceRequest request, long inputTokensEstimate, long nowMs)
    {
        var ranked = NodeRanking.Rank(nodes.Where(node => Permits(node, request)), request, inputTokensEstimate, nowMs);
        if (ranked.None is not { Code: ErrorCode.NoNodes or ErrorCode.ModelNotFound }) return ranked;
        if (request.Sealed is not null) return new RankedNodes([], Gone);
        return NodeRanking.Rank(nodes, request, inputTokensEstimate, nowMs).Candidates.Count > 0 ? new RankedNodes([], InClear) : ranked;
    }

    /// <summary>A client that asked for a secret and told it is refused, so that it finds its mistake; null for all others.</summary>
    public static Refusal? Problem(InferenceRequest request) =>
        request.Sealed is null && request.PrivacyLevel is PrivacyLevel.PL2 or PrivacyLevel.PL3 ? Unsealed : null;

    /// <summary>A request of existing software says no level; it gets what the edge gives when nothing is said.</summary>
    private static bool Permits(NodeEntry node, InferenceRequest request) =>
        (request.Sealed is null || node.Key.Npub == request.NodeKeyId)
        && (request.PrivacyLevel == PrivacyLevel.PL0 || node.Endpoint.IsConfidential);
}
