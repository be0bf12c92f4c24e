using System.Text.Json;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>Whether a manifest's relay snapshot is one (WIRE 3.10, ADM-02): there, of lately, and in keeping with the choices it says it was made by. Pure.</summary>
internal static class SnapshotRules
{
    private static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(5);

    /// <summary>The first thing wrong, by its name; null when the manifest may count.</summary>
    public static string? Problem(JsonElement? member, DateTimeOffset now, int maxAgeHours)
    {
        if (member is not { ValueKind: JsonValueKind.Object } json) return "missing-relay-discovery";
        if (!json.TryGetProperty("discoveredAtMs", out var found) || found.ValueKind != JsonValueKind.Number) return "relay-discovery-missing-timestamp";
        if (Read(json) is not { } snapshot) return "relay-discovery-invalid";
        if (snapshot.DiscoveredAtMs > (now + MaxAhead).ToUnixTimeMilliseconds()) return "relay-discovery-future-timestamp";
        if (snapshot.DiscoveredAtMs < now.AddHours(-maxAgeHours).ToUnixTimeMilliseconds()) return "relay-discovery-expired";
        if (snapshot.Relays.Count == 0) return "relay-discovery-empty";
        if (snapshot.Relays.Any(relay => relay.Score < snapshot.Options.MinScore)) return "relay-discovery-score-mismatch";
        return snapshot.Relays.Count > snapshot.Options.MaxResults ? "relay-discovery-exceeds-max-results" : null;
    }

    private static RelayDiscoverySnapshot? Read(JsonElement json)
    {
        try
        {
            return json.Deserialize(ProtocolJson.Default.RelayDiscoverySnapshot);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
