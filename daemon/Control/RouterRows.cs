using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Gateway;
using FedAi.Protocol.Json;

namespace FedAi.Daemon.Control;

/// <summary>Ranked routers as JSON, for <c>fedai routers</c>: the best first, and why each stands where it stands.</summary>
internal static class RouterRows
{
    public static JsonArray Of(IReadOnlyList<RouterCandidate> ranked, string? modelId, long nowMs) => new([.. ranked.Select((candidate, at) => new JsonObject
    {
        ["rank"] = at + 1,
        ["npub"] = candidate.Router.Key.Npub,
        ["endpoint"] = candidate.Router.Base.ToString(),
        ["models"] = new JsonArray([.. candidate.Router.Profile.ModelCaps.Select(model => JsonValue.Create(model.ModelId))]),
        ["load"] = candidate.Router.Load?.BackpressureState.ToString().ToLowerInvariant() ?? "unknown",
        ["trust"] = candidate.Facts.Trust,
        ["standing"] = candidate.Facts.Standing.ToString().ToLowerInvariant(),
        ["asked"] = !candidate.Facts.KeptOut,
        // 1,000 tokens in and 1,000 out.
        ["priceMsat"] = RouterRanking.PriceOf(candidate.Router, modelId, nowMs),
        ["latencyMs"] = candidate.Facts.Seen.LatencyMs > 0 ? Math.Round(candidate.Facts.Seen.LatencyMs) : null,
        ["score"] = Math.Round(candidate.Score, 3),
        ["why"] = candidate.Why,
        ["announcedAt"] = candidate.Router.CreatedAt,
        ["expiresAtMs"] = candidate.Router.ExpiresAtMs,
    })]);

    /// <summary>The same with everything that each announced of itself.</summary>
    public static JsonArray WithCaps(IReadOnlyList<RouterCandidate> ranked, long nowMs)
    {
        var rows = Of(ranked, modelId: null, nowMs);
        foreach (var (row, candidate) in rows.Zip(ranked)) row!["caps"] = JsonSerializer.SerializeToNode(candidate.Router.Profile, ProtocolJson.Default.CapabilityProfile);
        return rows;
    }
}
