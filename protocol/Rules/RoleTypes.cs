using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>
/// The profiles a node can have, as <c>role_types</c> of its manifest names them (WIRE 3.10). The small ones are asked like a model,
/// by their name; the others say what kind of model a machine is fit for.
/// </summary>
public static class RoleTypes
{
    /// <summary>Text work before and after a model: sanitise, chunk, check against a schema, format.</summary>
    public const string Prepost = "prepost_node";

    /// <summary>Allow or deny: rate limits, signs of abuse, lists.</summary>
    public const string Policy = "policy_node";

    public const string Cache = "cache_node";
    public const string EmbeddingSmall = "embedding_node_small";
    public const string RerankTiny = "rerank_node_tiny";
    public const string RegistryHelper = "registry_helper_node";
    public const string LlmCpuSmall = "llm_cpu_small";
    public const string LlmGpu = "llm_gpu";

    public static IReadOnlyList<string> All { get; } = [Prepost, Policy, Cache, EmbeddingSmall, RerankTiny, RegistryHelper, LlmCpuSmall, LlmGpu];

    /// <summary>The roles that are jobs of their own, needing no model.</summary>
    public static IReadOnlyList<string> Served { get; } = [Prepost, Policy];

    /// <summary>All that this version really runs; only these are recommended.</summary>
    public static IReadOnlyList<string> Running { get; } = [.. Served, LlmCpuSmall, LlmGpu];

    /// <summary>The job type under which routers price and choose a role that is asked like a model; null for the name of a model.</summary>
    public static RouterJobType? JobOf(string modelId) => modelId switch
    {
        Prepost => RouterJobType.ToolCall,
        Policy => RouterJobType.Moderate,
        _ => null,
    };
}
