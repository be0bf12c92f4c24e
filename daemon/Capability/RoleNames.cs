namespace FedAi.Daemon.Capability;

/// <summary>The roles of a node (WIRE 3.10).</summary>
internal static class RoleNames
{
    public const string PrePost = "prepost_node", Policy = "policy_node", LlmCpu = "llm_cpu_small", LlmGpu = "llm_gpu";

    /// <summary>All that a manifest may name.</summary>
    public static readonly IReadOnlyList<string> Known =
        [PrePost, Policy, "cache_node", "embedding_node_small", "rerank_node_tiny", "registry_helper_node", LlmCpu, LlmGpu];

    /// <summary>Those that this version really runs; only they are recommended.</summary>
    public static readonly IReadOnlyList<string> Running = [PrePost, Policy, LlmCpu, LlmGpu];
}
