using System.Text.Json;
using FedAi.Daemon.Capability;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Tests.Daemon.Capability;

public sealed class ManifestWriterTests : IDisposable
{
    private readonly KeyPair key = KeyPair.Generate();

    public void Dispose() => key.Dispose();

    [Fact]
    public void Node_Written_OpensAndSaysNothingThatWasNotMeasured()
    {
        var json = ManifestWriter.Node(key, new NodeLimits { MaxConcurrency = 4, MaxPayloadBytes = 1000, MaxTokens = 256 },
            new PricingDefaults { Unit = "token", InputRate = 0.001, OutputRate = 0.002, Currency = "SAT" }, "1.2.3", tlsSpki: null, nowMs: 5000);

        var (manifest, signer, refusal) = Manifests.Open(json, ProtocolJson.Default.NodeManifest);
        refusal.ShouldBeNull();
        signer.ShouldBe(key.PublicKey);
        manifest!.Id.ShouldBe(key.PublicKey.Npub);
        manifest.CapabilityBands.ShouldBe(new CapabilityBands { Cpu = "cpu_low", Ram = "ram_8", Disk = "disk_unknown", Net = "net_unknown", Gpu = "gpu_none" });
        manifest.IssuedAtMs.ShouldBe(5000);
        manifest.SoftwareVersion.ShouldBe("1.2.3");
        manifest.Signature!.SignedAtMs.ShouldBe(5000);
        Members(json).ShouldContain("benchmarks");
    }

    [Fact]
    public void Router_Written_OpensAndIsOnProbation()
    {
        var json = ManifestWriter.Router(key, new RouterLimits { MaxQps = 100, MaxConcurrentJobs = 50, MaxPayloadBytes = 1000 }, "1.2.3", tlsSpki: null, nowMs: 5000);

        var (manifest, signer, refusal) = Manifests.Open(json, ProtocolJson.Default.RouterManifest);
        refusal.ShouldBeNull();
        signer.ShouldBe(key.PublicKey);
        manifest!.RouterMode.ShouldBe("probation");
        Members(json).ShouldBe(["audit_mode", "benchmarks", "capability_bands", "id", "issuedAtMs", "limits", "policies_enabled", "relay_discovery", "router_mode", "signature", "software_version"]);
    }

    private static List<string> Members(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(member => member.Name)];
    }
}
