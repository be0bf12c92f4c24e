using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>What a router is and offers, signed by it (WIRE 3.10). router_mode is probation or normal.</summary>
public sealed record RouterManifest
{
    public required string Id { get; init; }
    [JsonPropertyName("router_mode")] public required string RouterMode { get; init; }
    [JsonPropertyName("capability_bands")] public required CapabilityBands CapabilityBands { get; init; }
    public required RouterLimits Limits { get; init; }
    [JsonPropertyName("policies_enabled")] public required IReadOnlyList<string> PoliciesEnabled { get; init; }
    [JsonPropertyName("audit_mode")] public required string AuditMode { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public JsonElement? Benchmarks { get; init; }
    [JsonPropertyName("software_version")] public required string SoftwareVersion { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never), JsonPropertyName("relay_discovery")] public JsonElement? RelayDiscovery { get; init; }
    public long? IssuedAtMs { get; init; }
    public long? SchemaVersion { get; init; }
    public JsonElement? Profile { get; init; }
    public IReadOnlyList<string>? TlsSpki { get; init; }
    public ManifestSignature? Signature { get; init; }
}
