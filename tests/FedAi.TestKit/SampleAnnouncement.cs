using System.Text.Json;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.TestKit;

/// <summary>Announcements of a router that exists only in a test; each part can be wrong.</summary>
internal sealed record SampleAnnouncement(KeyPair Key, long NowMs)
{
    public string? RouterId { get; init; }
    public string Endpoint { get; init; } = "http://127.0.0.1:8480/";
    public string Model { get; init; } = "demo";
    public string? Network { get; init; } = "main";
    public long? ExpiryMs { get; init; }

    public ControlEvent Caps => AnnouncementBuilder.Build(Offer, RouterId ?? Key.PublicKey.Npub, Network ?? "main", NowMs)[0] with { Network = Network, ExpiryMs = ExpiryMs ?? NowMs + 3_600_000 };

    public ControlEvent Status => AnnouncementBuilder.Build(Offer, RouterId ?? Key.PublicKey.Npub, Network ?? "main", NowMs)[1] with { Network = Network, ExpiryMs = ExpiryMs ?? NowMs + 3_600_000 };

    public NostrEvent SignCaps(long? expirationSeconds = null) => ControlEvents.Sign(Key, Caps, expirationSeconds);

    public NostrEvent SignStatus() => ControlEvents.Sign(Key, Status);

    /// <summary>A copy whose content is another one: id and signature no longer fit.</summary>
    public NostrEvent ForgeCaps()
    {
        var json = NostrTools.ToJson(SignCaps());
        json["content"] = JsonSerializer.Serialize(JsonSerializer.Deserialize(Caps.Payload.Span, ProtocolJson.Default.CapabilityProfile)! with { TransportEndpoints = ["http://127.0.0.1:1/"] }, ProtocolJson.Default.CapabilityProfile);
        return NostrEvent.TryParse(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()), out var forged) ? forged : throw new InvalidOperationException();
    }

    private RouterOffer Offer => new(
        new CapabilityProfile
        {
            RouterId = "", TransportEndpoints = [Endpoint], SupportedJobTypes = [RouterJobType.GenChunk],
            ResourceLimits = new ResourceLimits { MaxPayloadBytes = 1, MaxTokens = 1, MaxConcurrency = 1 },
            ModelCaps = [new ModelCap { ModelId = Model }], PrivacyCaps = new PrivacyCaps { MaxLevel = PrivacyLevel.PL1 },
            SettlementCaps = new SettlementCaps { Methods = [], Currency = "SAT" }, Timestamp = 0, Expiry = 0,
        },
        new LoadSummary { QueueDepth = 0, P95LatencyMs = 0, CpuPct = 0, RamPct = 0, ActiveJobs = 3, BackpressureState = BackpressureState.Busy });
}
