using FedAi.Daemon.OpenAi;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Gateway;

/// <summary>The models of all known routers, each once, with the widest limits any of them announces. Roles are no models to chat with. Pure.</summary>
internal static class GatewayModels
{
    public static IReadOnlyList<OpenAiModel> Of(IReadOnlyList<KnownRouter> routers) =>
    [
        .. routers.SelectMany(router => router.Profile.ModelCaps.Select(model => (Model: model, MaxTokens: model.MaxTokens ?? router.Profile.ResourceLimits.MaxTokens)))
            .Where(offer => RoleTypes.JobOf(offer.Model.ModelId) is null)
            .GroupBy(offer => offer.Model.ModelId, StringComparer.Ordinal)
            .OrderBy(model => model.Key, StringComparer.Ordinal)
            .Select(model => new OpenAiModel(model.Key, Tokens(model.Max(offer => offer.Model.ContextWindow ?? 0)), Tokens(model.Max(offer => offer.MaxTokens)))
            {
                Features = OpenAiModel.Union(model.SelectMany(offer => offer.Model.Features ?? [])),
            }),
    ];

    /// <summary>A stranger's number; nonsense counts as not said.</summary>
    private static int Tokens(double announced) => announced is >= 1 and <= int.MaxValue ? (int)announced : 0;
}
