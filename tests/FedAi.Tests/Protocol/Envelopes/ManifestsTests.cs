using System.Text;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Tests.Protocol.Envelopes;

public sealed class ManifestsTests : IDisposable
{
    private readonly KeyPair key = KeyPair.Generate();
    private readonly KeyPair other = KeyPair.Generate();

    public void Dispose()
    {
        key.Dispose();
        other.Dispose();
    }

    [Fact]
    public void Sign_NodeManifest_OpensAsSigned()
    {
        var manifest = Manifest(key.PublicKey.Npub);
        var json = Manifests.Sign(manifest, ProtocolJson.Default.NodeManifest, key, ProtocolSamples.Now);

        var (read, signer, refusal) = Manifests.Open(json, ProtocolJson.Default.NodeManifest);

        refusal.ShouldBeNull();
        signer.ShouldBe(key.PublicKey);
        read!.SoftwareVersion.ShouldBe(manifest.SoftwareVersion);
        read.Signature!.SignedAtMs.ShouldBe(ProtocolSamples.Now);
        CanonicalJson.Of(json).ShouldBe(json);
    }

    [Fact]
    public void Sign_Again_ReplacesTheSignature()
    {
        var once = Manifests.Sign(Manifest(key.PublicKey.Npub), ProtocolJson.Default.NodeManifest, key, 1);
        var twice = Manifests.Sign(Manifests.Open(once, ProtocolJson.Default.NodeManifest).Manifest!, ProtocolJson.Default.NodeManifest, key, 2);

        Manifests.Verify(twice, key.PublicKey).ShouldBeTrue();
        Manifests.Hash(twice).ShouldBe(Manifests.Hash(once));
    }

    [Fact]
    public void Hash_IsOfEverythingButTheSignature()
    {
        var json = Text(Manifests.Sign(Manifest(key.PublicKey.Npub), ProtocolJson.Default.NodeManifest, key, 1));
        var unsigned = CanonicalJson.Of(ProtocolSamples.Utf8(json[..json.IndexOf(",\"signature\"", StringComparison.Ordinal)] + json[(json.IndexOf('}', json.IndexOf("\"signature\"", StringComparison.Ordinal)) + 1)..]))!;

        Text(unsigned).ShouldNotContain("signedAtMs");
        Manifests.Hash(ProtocolSamples.Utf8(json)).ShouldBe(Hashes.Sha256(unsigned));
    }

    public static TheoryData<string, Func<string, string>, ErrorCode> Broken => new()
    {
        { "no JSON", json => json[..^1], ErrorCode.InvalidJson },
        { "no object", _ => "[]", ErrorCode.InvalidManifest },
        { "no signature", json => json[..json.IndexOf(",\"signature\"", StringComparison.Ordinal)] + ",\"software_version\":\"1\"}", ErrorCode.MissingSignature },
        { "signature null", json => json[..^1] + ",\"signature\":null}", ErrorCode.InvalidManifest },
        { "signature text", json => json[..^1] + ",\"signature\":\"x\"}", ErrorCode.InvalidManifest },
        { "signature without its bytes", json => json[..^1] + ",\"signature\":{\"keyId\":\"k\",\"signedAtMs\":1}}", ErrorCode.InvalidManifest },
        { "member missing", json => json.Replace("\"limits\"", "\"limit\""), ErrorCode.InvalidManifest },
        { "id is a name", json => json[..^1] + ",\"id\":\"node-1\"}", ErrorCode.InvalidKeyId },
        { "id in capitals", json => json[..^1] + ",\"id\":\"" + Id(json).ToUpperInvariant() + "\"}", ErrorCode.InvalidKeyId },
        { "one letter altered", json => json.Replace("cpu_low", "cpu_lox"), ErrorCode.InvalidSignature },
        { "one number altered", json => json.Replace("\"max_tokens\":4096", "\"max_tokens\":4097"), ErrorCode.InvalidSignature },
        { "a member added", json => json[..^1] + ",\"verified\":true}", ErrorCode.InvalidSignature },
        { "signature of other bytes", json => json[..^1] + ",\"signature\":{\"keyId\":\"k\",\"signature\":\"" + Convert.ToBase64String(new byte[64]) + "\",\"signedAtMs\":1}}", ErrorCode.InvalidSignature },
        { "signature cut", json => json[..^1] + ",\"signature\":{\"keyId\":\"k\",\"signature\":\"AAAA\",\"signedAtMs\":1}}", ErrorCode.InvalidSignature },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Open_BrokenManifest_SaysWhy(string what, Func<string, string> breakIt, ErrorCode expected)
    {
        var json = Text(Manifests.Sign(Manifest(key.PublicKey.Npub), ProtocolJson.Default.NodeManifest, key, 1));
        Manifests.Open(ProtocolSamples.Utf8(json), ProtocolJson.Default.NodeManifest).Refusal.ShouldBeNull();

        var (manifest, _, refusal) = Manifests.Open(ProtocolSamples.Utf8(breakIt(json)), ProtocolJson.Default.NodeManifest);

        manifest.ShouldBeNull(what);
        refusal.ShouldNotBeNull(what).Code.ShouldBe(expected, what);
    }

    /// <summary>Anybody could once lower a node's trust with a manifest in its name (WIRE W-2): the id is the key that must have signed.</summary>
    [Fact]
    public void Open_ManifestInAnotherKeysName_IsRefused()
    {
        var forged = Manifests.Sign(Manifest(other.PublicKey.Npub), ProtocolJson.Default.NodeManifest, key, 1);

        Manifests.Open(forged, ProtocolJson.Default.NodeManifest).Refusal!.Code.ShouldBe(ErrorCode.InvalidSignature);
        Manifests.Verify(forged, key.PublicKey).ShouldBeTrue();
    }

    [Fact]
    public void Open_AnySingleByteChanged_IsRefusedOrChangesOnlyWhatIsNotSigned()
    {
        var json = Manifests.Sign(Manifest(key.PublicKey.Npub), ProtocolJson.Default.NodeManifest, key, 1);
        var hash = Manifests.Hash(json);
        for (var at = 0; at < json.Length; at++)
        {
            json[at] ^= 1;
            var (manifest, _, refusal) = Manifests.Open(json, ProtocolJson.Default.NodeManifest);
            // keyId and signedAtMs inside the signature block are hints, which no signature covers.
            if (refusal is null) Manifests.Hash(json).ShouldBe(hash);
            else manifest.ShouldBeNull();
            json[at] ^= 1;
        }
    }

    private static NodeManifest Manifest(string id) => new()
    {
        Id = id,
        RoleTypes = ["llm_cpu_small"],
        CapabilityBands = new CapabilityBands { Cpu = "cpu_low", Ram = "ram_8", Disk = "disk_unknown", Net = "net_unknown", Gpu = "gpu_none" },
        Limits = new NodeLimits { MaxConcurrency = 2, MaxPayloadBytes = 65_536.5, MaxTokens = 4096 },
        SupportedFormats = ["gguf"],
        PricingDefaults = new PricingDefaults { Unit = "token", InputRate = 1e-7, OutputRate = 0.002, Currency = "SAT" },
        SoftwareVersion = "fedai 0.1.0 – größer 😀",
        IssuedAtMs = ProtocolSamples.Now,
    };

    private static string Id(string json) => json[(json.IndexOf("npub1", StringComparison.Ordinal))..][..63];

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
