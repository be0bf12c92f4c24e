using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>What a node is and offers, signed by it (WIRE 3.10). id is its npub; issuedAtMs orders manifests of one key, schemaVersion is 1 or absent (DECISIONS E15).</summary>
public sealed record NodeManifest
{
    public required string Id { get; init; }
    [JsonPropertyName("role_types")] public required IReadOnlyList<string> RoleTypes { get; init; }
    [JsonPropertyName("capability_bands")] public required CapabilityBands CapabilityBands { get; init; }
    public required NodeLimits Limits { get; init; }
    [JsonPropertyName("supported_formats")] public required IReadOnlyList<string> SupportedFormats { get; init; }
    [JsonPropertyName("pricing_defaults")] public required PricingDefaults PricingDefaults { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public JsonElement? Benchmarks { get; init; }
    [JsonPropertyName("software_version")] public required string SoftwareVersion { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never), JsonPropertyName("relay_discovery")] public JsonElement? RelayDiscovery { get; init; }
    public long? IssuedAtMs { get; init; }
    public long? SchemaVersion { get; init; }
    public JsonElement? Profile { get; init; }
    public IReadOnlyList<string>? TlsSpki { get; init; }
    public ManifestSignature? Signature { get; init; }
}
