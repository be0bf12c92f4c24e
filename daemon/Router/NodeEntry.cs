using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>A registered node as of its last heartbeat: who, where, what it offers, and the live counters this router keeps of it.</summary>
internal sealed record NodeEntry(PublicKey Key, PeerEndpoint Endpoint, NodeDescriptor Descriptor, long SeenAtMs, PeerLoad Load)
{
    /// <summary>What its manifest says; null without one.</summary>
    public NodeClaim? Claim { get; init; }

    /// <summary>A node that was silent for longer is not chosen (WIRE 3.11), unless the operator has it otherwise.</summary>
    public const long ActiveWindowMs = 30_000;

    public long WindowMs { get; init; } = ActiveWindowMs;

    /// <summary>For how long it is asked last after a failure, unless the operator has it otherwise.</summary>
    public const long UsualCooldownMs = 10_000;

    public long CooldownMs { get; init; } = UsualCooldownMs;

    public bool IsActive(long nowMs) => nowMs - SeenAtMs <= WindowMs;

    /// <summary>Whether it failed so lately that it is asked last.</summary>
    public bool IsCooling(PeerObservation seen) => seen.FailuresInRow > 0 && seen.SinceFailureMs < CooldownMs * Math.Min(4, seen.FailuresInRow);

    /// <summary>Whether the node takes <c>messages</c> (DECISIONS E2).</summary>
    public bool Chat => Descriptor.Features?.Contains(PeerFeatures.Chat) == true;
}
