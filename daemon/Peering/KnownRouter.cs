using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>A router as it announced itself (kind 30020): its key, HTTP base, offer, when it said so (s) and until when its word holds (ms).</summary>
internal sealed record KnownRouter(PublicKey Key, Uri Base, CapabilityProfile Profile, long CreatedAt, long ExpiresAtMs)
{
    private static readonly IReadOnlyDictionary<RouterJobType, RouterPrice> Unpriced = new Dictionary<RouterJobType, RouterPrice>();

    /// <summary>How it is reached.</summary>
    public PeerEndpoint Endpoint => new(Base, Profile.TlsSpki);

    /// <summary>From its newest status (kind 30022), else what the announcement said.</summary>
    public LoadSummary? Load { get; init; }

    /// <summary>Its price sheets (kind 30021), the newest of each job type.</summary>
    public IReadOnlyDictionary<RouterJobType, RouterPrice> Prices { get; init; } = Unpriced;

    /// <summary>What it posted for a model's work of this type; without a type for its answers, else for whatever the model does. Null when it posted nothing that still holds.</summary>
    public ModelPrice? PriceOf(string modelId, long nowMs, RouterJobType? jobType = null) =>
        Prices.Where(price => jobType is null || price.Key == jobType).OrderBy(price => price.Key != RouterJobType.GenChunk).ThenBy(price => price.Key)
            .Where(price => price.Value.ExpiresAtMs > nowMs)
            .Select(price => price.Value.Sheet.Models?.FirstOrDefault(model => model.ModelId == modelId))
            .FirstOrDefault(price => price is not null);
}
