using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>A router as it announced itself (kind 30020): its key, HTTP base, offer, when it said so (s) and until when its word holds (ms).</summary>
internal sealed record KnownRouter(PublicKey Key, Uri Base, CapabilityProfile Profile, long CreatedAt, long ExpiresAtMs)
{
    /// <summary>How it is reached.</summary>
    public PeerEndpoint Endpoint => new(Base, Profile.TlsSpki);

    /// <summary>From its newest status (kind 30022), else what the announcement said.</summary>
    public LoadSummary? Load { get; init; }

    /// <summary>When <see cref="Load"/> was said, in seconds.</summary>
    public long LoadCreatedAt { get; init; }
}
