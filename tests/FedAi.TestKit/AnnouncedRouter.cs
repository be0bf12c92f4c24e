using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.TestKit;

/// <summary>Routers as a gateway knows them after it heard their announcement; for routers that a test makes up.</summary>
internal static class AnnouncedRouter
{
    public static KnownRouter At(Uri address, params string[] models) => At(KeyPair.Generate().PublicKey, address, WireClient.Now, models);

    public static KnownRouter At(PublicKey key, Uri address, long nowMs, params string[] models) => new(key, address, new CapabilityProfile
    {
        RouterId = key.Npub,
        TransportEndpoints = [address.ToString()],
        SupportedJobTypes = [RouterJobType.GenChunk],
        ResourceLimits = new ResourceLimits { MaxPayloadBytes = 4 << 20, MaxTokens = 256, MaxConcurrency = 4 },
        ModelCaps = [.. models.Select(model => new ModelCap { ModelId = model, ContextWindow = 512 })],
        PrivacyCaps = new PrivacyCaps { MaxLevel = PrivacyLevel.PL1 },
        SettlementCaps = new SettlementCaps { Methods = [], Currency = "SAT" },
        Timestamp = nowMs,
        Expiry = nowMs + 3_600_000,
        Features = [PeerFeatures.Chat],
    }, nowMs / 1000, nowMs + 3_600_000);
}
