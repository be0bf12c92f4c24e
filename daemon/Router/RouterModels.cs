using FedAi.Daemon.OpenAi;

namespace FedAi.Daemon.Router;

/// <summary>The models of all active nodes, each once, with the widest window any of them offers.</summary>
internal static class RouterModels
{
    public static IReadOnlyList<OpenAiModel> Of(IReadOnlyList<NodeEntry> nodes, long nowMs) =>
    [
        .. nodes.Where(node => node.IsActive(nowMs))
            .SelectMany(node => node.Descriptor.Capabilities)
            .GroupBy(capability => capability.ModelId, StringComparer.Ordinal)
            .OrderBy(model => model.Key, StringComparer.Ordinal)
            .Select(model => new OpenAiModel(model.Key, (int)model.Max(capability => capability.ContextWindow), (int)model.Max(capability => capability.MaxTokens))
            {
                Features = OpenAiModel.Union(model.SelectMany(capability => capability.Features ?? [])),
            }),
    ];
}
