using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Capability;

public sealed class ManifestWriterTests : IDisposable
{
    private readonly KeyPair key = KeyPair.Generate();

    public void Dispose() => key.Dispose();

    [Fact]
    public void Node_Written_OpensAndSaysNothingThatWasNotMeasured()
    {
        var json = Node(new ManifestFacts { Version = "1.2.3", NowMs = 5000 });

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
        var json = Router(new ManifestFacts { Version = "1.2.3", NowMs = 5000 });

        var (manifest, signer, refusal) = Manifests.Open(json, ProtocolJson.Default.RouterManifest);
        refusal.ShouldBeNull();
        signer.ShouldBe(key.PublicKey);
        manifest!.RouterMode.ShouldBe("probation");
        Members(json).ShouldBe(["audit_mode", "benchmarks", "capability_bands", "id", "issuedAtMs", "limits", "policies_enabled", "relay_discovery", "router_mode", "schemaVersion", "signature", "software_version"]);
    }

    [Theory]
    [InlineData(PrivacyMode.Strict)]
    [InlineData(PrivacyMode.Normal)]
    [InlineData(PrivacyMode.Verbose)]
    internal void Node_Measured_TellsAsMuchAsThePrivacyModeSays(PrivacyMode mode)
    {
        var manifest = Manifests.Open(Node(Measured(mode)), ProtocolJson.Default.NodeManifest).Manifest!;

        manifest.CapabilityBands.Cpu.ShouldBe("cpu_mid");
        var bench = manifest.Benchmarks!.Value;
        bench.GetProperty("timestampMs").GetInt64().ShouldBe(4000);
        (bench.TryGetProperty("cpuScore", out var score) ? score.GetInt64() : 0).ShouldBe(mode switch { PrivacyMode.Strict => 0, PrivacyMode.Normal => 120_000, _ => 123_456 });
        manifest.Profile.HasValue.ShouldBe(mode == PrivacyMode.Verbose);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("""{"figures":[]}""")]
    [InlineData("""{"figures":7,"suite":"node"}""")]
    public void Again_WhatNoBenchmarkOfThisVersionIs_IsNone(string told) => ManifestBenchmarks.Again(JsonElement.Parse(told), PrivacyMode.Strict).ValueKind.ShouldBe(JsonValueKind.Null);

    [Fact]
    public async Task Manifests_OfEveryKind_FitThePublishedSchemaAndBrokenOnesDoNot()
    {
        var facts = new[] { PrivacyMode.Strict, PrivacyMode.Normal, PrivacyMode.Verbose }.Select(Measured).Append(new ManifestFacts { Version = "1", NowMs = 1 }).ToList();
        List<string> good = [.. facts.Select(fact => Encoding.UTF8.GetString(Node(fact))), .. facts.Select(fact => Encoding.UTF8.GetString(Router(fact)))];
        good.AddRange(VectorFiles.Section("manifests").Select(one => one.Vector.GetProperty("wire").GetString()!).Where(wire => wire.Contains("\"id\":\"npub1", StringComparison.Ordinal)));
        string[] bad =
        [
            good[0].Replace("cpu_mid", "cpu_best"), good[0].Replace("prepost_node", "huge_node"), good[0].Replace("npub1", "npub2"), good[0].Replace("\"limits\"", "\"limit\""),
            good[0].Replace("\"max_tokens\":256", "\"max_tokens\":0"), good[4].Replace("probation", "boss"), good[4].Replace("\"audit_mode\":\"off\"", "\"audit_mode\":\"loud\""), good[0].Replace("\"signature\":{", "\"signatur\":{"),
        ];

        (await CheckAsync(good)).ShouldAllBe(problems => problems.Length == 0);
        (await CheckAsync(bad)).ShouldAllBe(problems => problems.Length > 0);
    }

    private static async Task<List<string>> CheckAsync(IEnumerable<string> manifests)
    {
        var schema = Path.Combine(Path.GetDirectoryName(VectorFiles.Find("fedai.json"))!, "..", "..", "docs", "manifest.schema.json");
        await using var script = NodeScript.Start("schema.mjs");
        var question = new JsonObject { ["op"] = "check", ["file"] = schema, ["texts"] = new JsonArray([.. manifests.Select(text => JsonValue.Create(text))]) };
        return [.. (await script.AskAsync(question)).AsArray().Select(one => string.Join("; ", one!.AsArray().Select(problem => (string?)problem)))];
    }

    private static ManifestFacts Measured(PrivacyMode mode) => new()
    {
        Version = "1.2.3",
        NowMs = 5000,
        Privacy = new PrivacyOptions { Mode = mode },
        Profile = Profile(),
        Bench = new BenchResult
        {
            Suite = BenchResult.RouterSuite, Seed = 42, TimestampMs = 4000, DurationMs = 150_000, Short = false, Partial = false, Checksum = "ab", SoftwareVersion = "1.2.3", CpuScore = 123_456, MemoryMBps = 9_876, DiskMBps = 55,
            Figures = [new BenchFigure(FigureNames.DecisionP95, "µs", 812, 12, 9)],
        },
        Relays = new RelayDiscoverySnapshot
        {
            DiscoveredAtMs = 4500,
            Relays = [new RelayDescriptor { Url = "wss://relay.example/", Read = true, Write = true, Priority = 2.5, Score = 5, Tags = ["a"], LastSeenMs = 4400 }],
            Options = new RelayDiscoveryOptions { BootstrapRelays = ["wss://relay.example/"], MinScore = 1, MaxResults = 25 },
        },
    };

    private static MachineProfile Profile() => new()
    {
        Hardware = new HardwareProfile
        {
            Cpu = new CpuProfile { Arch = "x86_64", Cores = 8, Threads = 16, UsableMilli = 16_000, FrequencyGHz = 3.7, Flags = ["avx2"] },
            Memory = new MemoryProfile { TotalBytes = 1L << 35, AvailableBytes = 1L << 34 },
            Disk = new DiskProfile { Type = DiskProfile.Ssd, FreeBytes = 1L << 38 },
            Gpu = new GpuProfile { Runtime = new GpuRuntime(false, false) },
            Os = new OsProfile { Distro = "Debian 13", Kernel = "6.12" },
        },
        Network = new NetworkProfile { LatencyMs = 12.5, JitterMs = 0.7 },
        CapabilityBands = new CapabilityBands { Cpu = "cpu_mid", Ram = "ram_32", Disk = "disk_ssd", Net = "net_ok", Gpu = "gpu_none" },
        TakenAtMs = 3000,
    };

    private byte[] Node(ManifestFacts facts) => ManifestWriter.Node(key, ["prepost_node"], new NodeLimits { MaxConcurrency = 4, MaxPayloadBytes = 1000, MaxTokens = 256 },
        new PricingDefaults { Unit = "token", InputRate = 0.001, OutputRate = 0.002, Currency = "SAT" }, facts);

    private byte[] Router(ManifestFacts facts) => ManifestWriter.Router(key, new RouterTerms(new RouterLimits { MaxQps = 100, MaxConcurrentJobs = 50, MaxPayloadBytes = 1000 }, ["rate_limit"], "off"), facts);

    private static List<string> Members(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(member => member.Name)];
    }
}
