using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>A router as it announced itself (kind 30020): its key, HTTP base, offer, and until when its word holds (ms). Load comes from its newest 30022 where there is one.</summary>
internal sealed record KnownRouter(PublicKey Key, Uri Base, CapabilityProfile Profile, long CreatedAt, long ExpiresAtMs)
{
    public LoadSummary? Load { get; init; }
}
