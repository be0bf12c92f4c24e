using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Capability;

/// <summary>
/// Writes this machine's signed manifest (WIRE 3.10, DECISIONS E15; docs/manifest.schema.json). What was not measured is the lowest or
/// unknown, and a router starts on probation.
/// </summary>
internal static class ManifestWriter
{
    private const long SchemaVersion = 1;

    private static readonly CapabilityBands Unmeasured = new() { Cpu = "cpu_low", Ram = "ram_8", Disk = "disk_unknown", Net = "net_unknown", Gpu = "gpu_none" };
    private static readonly JsonElement None = JsonElement.Parse("null");

    public static byte[] Node(KeyPair key, IReadOnlyList<string> roles, NodeLimits limits, PricingDefaults pricing, ManifestFacts facts) => Manifests.Sign(new NodeManifest
    {
        Id = key.PublicKey.Npub,
        RoleTypes = roles,
        CapabilityBands = Bands(facts),
        Limits = limits,
        SupportedFormats = facts.HasJson ? ["text", "json"] : ["text"],
        PricingDefaults = pricing,
        Benchmarks = Benchmarks(facts),
        SoftwareVersion = facts.Version,
        RelayDiscovery = Relays(facts),
        IssuedAtMs = facts.NowMs,
        SchemaVersion = SchemaVersion,
        Profile = Profile(facts),
        TlsSpki = facts.TlsSpki,
    }, ProtocolJson.Default.NodeManifest, key, facts.NowMs);

    public static byte[] Router(KeyPair key, RouterTerms terms, ManifestFacts facts) => Manifests.Sign(new RouterManifest
    {
        Id = key.PublicKey.Npub,
        RouterMode = facts.Before?.RouterMode ?? "probation", // what it has earned stays, when other words around it change
        CapabilityBands = Bands(facts),
        Limits = terms.Limits,
        PoliciesEnabled = terms.Policies,
        AuditMode = terms.AuditMode,
        Benchmarks = Benchmarks(facts),
        SoftwareVersion = facts.Version,
        RelayDiscovery = Relays(facts),
        IssuedAtMs = facts.NowMs,
        SchemaVersion = SchemaVersion,
        Profile = Profile(facts),
        TlsSpki = facts.TlsSpki,
    }, ProtocolJson.Default.RouterManifest, key, facts.NowMs);

    private static CapabilityBands Bands(ManifestFacts facts) => facts.Profile?.CapabilityBands ?? facts.Before?.Bands ?? Unmeasured;

    private static JsonElement Benchmarks(ManifestFacts facts) =>
        facts is { Bench: null, Before.Benchmarks: { } told } ? ManifestBenchmarks.Again(told, facts.Privacy.Mode) : ManifestBenchmarks.Of(facts.Bench, facts.Privacy.Mode);

    private static JsonElement? Profile(ManifestFacts facts) =>
        facts is { Profile: null, Before.Profile: { } told } ? ManifestBenchmarks.ProfileAgain(told, facts.Privacy) : ManifestBenchmarks.Profile(facts.Profile, facts.Privacy);

    private static JsonElement Relays(ManifestFacts facts) => facts.Relays is { } found ? JsonSerializer.SerializeToElement(found, ProtocolJson.Default.RelayDiscoverySnapshot) : None;
}
