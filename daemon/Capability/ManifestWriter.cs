using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Capability;

/// <summary>
/// Writes this machine's signed manifest (WIRE 3.10, DECISIONS E15). Nothing is measured: the bands are the lowest or unknown,
/// the benchmarks null, and a router starts on probation.
/// </summary>
internal static class ManifestWriter
{
    private static readonly CapabilityBands Unmeasured = new() { Cpu = "cpu_low", Ram = "ram_8", Disk = "disk_unknown", Net = "net_unknown", Gpu = "gpu_none" };
    private static readonly JsonElement None = JsonElement.Parse("null");

    public static byte[] Node(KeyPair key, NodeLimits limits, PricingDefaults pricing, string version, IReadOnlyList<string>? tlsSpki, long nowMs) => Manifests.Sign(new NodeManifest
    {
        Id = key.PublicKey.Npub,
        RoleTypes = ["llm_cpu_small"],
        CapabilityBands = Unmeasured,
        Limits = limits,
        SupportedFormats = ["text"],
        PricingDefaults = pricing,
        Benchmarks = None,
        SoftwareVersion = version,
        IssuedAtMs = nowMs,
        TlsSpki = tlsSpki,
    }, ProtocolJson.Default.NodeManifest, key, nowMs);

    public static byte[] Router(KeyPair key, RouterLimits limits, string version, IReadOnlyList<string>? tlsSpki, long nowMs) => Manifests.Sign(new RouterManifest
    {
        Id = key.PublicKey.Npub,
        RouterMode = "probation",
        CapabilityBands = Unmeasured,
        Limits = limits,
        PoliciesEnabled = ["rate_limit"],
        AuditMode = "off",
        Benchmarks = None,
        SoftwareVersion = version,
        IssuedAtMs = nowMs,
        TlsSpki = tlsSpki,
    }, ProtocolJson.Default.RouterManifest, key, nowMs);
}
