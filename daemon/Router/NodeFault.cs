using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>
/// Whose fault a node's refusal is, because only a node's own faults may count against it (WIRE W-3): otherwise any client
/// could take a node out of service by asking for what it rightly refuses.
/// </summary>
internal static class NodeFault
{
    /// <summary>The client asked for something nobody here should run: passed on as it is, no other node is tried.</summary>
    public static bool IsClients(ErrorCode code) => code is
        ErrorCode.InvalidRequest or ErrorCode.EmptyMessages or ErrorCode.UnsupportedParameter
        or ErrorCode.PayloadTooLarge or ErrorCode.SealKeyExpired or ErrorCode.SealInvalid or ErrorCode.SealReused;

    /// <summary>The node is honest and too small, busy, starting or stopping: the next one is tried, and nothing is held against it.</summary>
    public static bool IsHonest(ErrorCode code) => code.IsOfSize() || code is
        ErrorCode.NodeSaturated or ErrorCode.Draining or ErrorCode.ModelLoading or ErrorCode.RateLimited or ErrorCode.ReplayFloor
        or ErrorCode.ModelNotFound or ErrorCode.RouterNotAllowed or ErrorCode.RunnerUnavailable;
}
