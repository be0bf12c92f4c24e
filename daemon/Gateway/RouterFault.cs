using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Gateway;

/// <summary>Whose fault a router's refusal is: it decides whether another router is tried, and whether this one is avoided for a while.</summary>
internal static class RouterFault
{
    /// <summary>Every router would refuse this.</summary>
    public static bool IsClients(ErrorCode code) => code is
        ErrorCode.InvalidRequest or ErrorCode.EmptyMessages or ErrorCode.UnsupportedParameter
        or ErrorCode.PayloadTooLarge;

    /// <summary>The router is honest, but it or its nodes cannot serve this now, or do not serve this key: the next one is tried.</summary>
    public static bool IsHonest(ErrorCode code) => code.IsOfSize() || code is
        ErrorCode.ModelNotFound or ErrorCode.NoTrustedNode or ErrorCode.PrivacyUnsupported or ErrorCode.SealKeyExpired or ErrorCode.NoNodes or ErrorCode.NoCapableNodes or ErrorCode.NoNodesAvailable
        or ErrorCode.NodeSaturated or ErrorCode.Draining or ErrorCode.ModelLoading or ErrorCode.RunnerUnavailable
        or ErrorCode.RateLimited or ErrorCode.ReplayFloor or ErrorCode.PaymentRequired
        or ErrorCode.ClientBlocked or ErrorCode.ClientMuted or ErrorCode.ClientNotAllowed;
}
