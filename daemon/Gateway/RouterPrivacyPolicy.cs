using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Gateway;

/// <summary>Which routers a request may go through by its privacy level (DECISIONS E10), before they are ranked. Pure.</summary>
internal static class RouterPrivacyPolicy
{
    /// <summary>From PL1 on nobody on the way may read along; what is sealed needs a router that says it carries it.</summary>
    public static bool Permits(KnownRouter router, PrivacyLevel level) => level switch
    {
        PrivacyLevel.PL0 => true,
        PrivacyLevel.PL1 => router.Endpoint.IsConfidential,
        _ => router.Endpoint.IsConfidential && router.Profile.PrivacyCaps.MaxLevel >= level,
    };

    /// <summary>Why no router was found that serves the model, when some do, but not like this.</summary>
    public static Refusal? Problem(IReadOnlyList<KnownRouter> routers, InferenceRequest request, PrivacyLevel level) =>
        routers.Where(router => router.Profile.ModelCaps.Any(model => model.ModelId == request.ModelId)).ToList() is not { Count: > 0 } serving ? null
        : serving.Exists(router => router.Endpoint.IsConfidential) ? new Refusal(ErrorCode.NoTrustedNode, $"No router that serves this model has nodes that take sealed requests, which {level} needs.")
        : new Refusal(ErrorCode.PrivacyUnsupported, "The routers that serve this model are reached without TLS; ask with x-fedai-privacy: PL0 if that will do.");
}
