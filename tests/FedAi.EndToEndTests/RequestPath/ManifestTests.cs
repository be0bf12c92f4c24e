using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Router;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>What a router believes of the manifests it is shown, over real HTTP; and what it does not.</summary>
public sealed class ManifestTests : IAsyncLifetime
{
    private TestFederation federation = null!;
    private WireClient client = null!;

    private PublicKey Node => federation.Nodes[0].Key.PublicKey;

    private NodeClaim? Claim => federation.Directory.Find(Node)!.Claim;

    public async Task InitializeAsync()
    {
        federation = await TestFederation.StartAsync(new ScriptedRunner());
        client = new WireClient(federation.Router.Base, KeyPair.Generate());
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await federation.DisposeAsync();
    }

    [Fact]
    public async Task Manifest_OfARegisteredNode_CountsInTheNextChoiceAndAfterARestart()
    {
        await federation.AddNodeAsync(new ScriptedRunner());
        (await PostAsync(Manifest(federation.Nodes[1].Key, "cpu_high"))).Status.ShouldBe(HttpStatusCode.OK);

        for (var i = 0; i < 3; i++) (await QuotedNodeAsync()).ShouldBe(federation.Nodes[1].Key.PublicKey.Npub);
        var restarted = new NodeDirectory(Get<Daemon.Store.NodeTable>(), Get<Daemon.Store.ManifestTable>(), new SchedulerOptions(), new Daemon.Peering.HttpOptions { AllowPrivate = Daemon.Peering.PrivateNetworks.Loopback }, new NodeChannels(), TimeProvider.System);
        restarted.Restore();
        restarted.Find(federation.Nodes[1].Key.PublicKey)!.Claim!.Bands.Cpu.ShouldBe("cpu_high");
    }

    [Fact]
    public async Task Manifest_CountsLessWithEveryJob()
    {
        await PostAsync(Manifest(federation.Nodes[0].Key, "cpu_high"));
        var node = federation.Directory.Find(Node)!;
        var weights = new List<double>();
        for (var jobs = 0; jobs <= 20; jobs++)
        {
            weights.Add(ClaimRules.Weight(node.Claim, node.Load.Observe(WireClient.Now).Samples));
            (await client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest)).Status.ShouldBe(HttpStatusCode.OK);
        }

        (weights[0], weights[10], weights[20]).ShouldBe((0.3, 0.15, 0));
    }

    [Fact]
    public async Task Request_ForAGpu_SkipsNodesThatSayTheyHaveNone()
    {
        await federation.AddNodeAsync(new ScriptedRunner());
        await PostAsync(Manifest(federation.Nodes[0].Key, "cpu_high"));
        await PostAsync(Manifest(federation.Nodes[1].Key, "cpu_low", gpu: "gpu_16gb"));

        (await QuotedNodeAsync(gpu: "gpu_8gb")).ShouldBe(federation.Nodes[1].Key.PublicKey.Npub);
        var request = WireClient.Ask() with { Metadata = new Dictionary<string, string> { ["gpu"] = "gpu_24gb_plus" } };
        WireClient.ErrorOf((await client.PostAsync("infer", request, ProtocolJson.Default.InferenceRequest)).Body).ShouldBe("no-capable-nodes");
        request = request with { Metadata = new Dictionary<string, string> { ["gpu"] = "the best" } };
        WireClient.ErrorOf((await client.PostAsync("infer", request, ProtocolJson.Default.InferenceRequest)).Body).ShouldBe("invalid-request");
    }

    [Fact]
    public async Task Prompt_LargerThanTheManifestTakes_GoesToAnotherNode()
    {
        await federation.AddNodeAsync(new ScriptedRunner());
        await PostAsync(Manifest(federation.Nodes[0].Key, "cpu_high", payload: 100));

        var (status, body) = await client.PostAsync("infer", WireClient.Ask(prompt: new string('x', 101)), ProtocolJson.Default.InferenceRequest);

        status.ShouldBe(HttpStatusCode.OK, body);
        body.ShouldContain(federation.Nodes[1].Key.PublicKey.Npub);
    }

    [Fact]
    public async Task Prompt_LargerThanEveryManifestTakes_IsTheClientsToMend()
    {
        await PostAsync(Manifest(federation.Nodes[0].Key, "cpu_high", payload: 100));
        using var http = new HttpClient { BaseAddress = federation.Router.Base };

        var (status, body) = await client.PostAsync("infer", WireClient.Ask(prompt: new string('x', 101)), ProtocolJson.Default.InferenceRequest);
        using var chat = await http.PostAsync("v1/chat/completions", new StringContent($$"""{"model":"scripted","messages":[{"role":"user","content":"{{new string('x', 101)}}"}]}"""));

        (status, WireClient.ErrorOf(body)).ShouldBe((HttpStatusCode.RequestEntityTooLarge, "prompt-too-large"));
        ((int)chat.StatusCode, chat.Headers.RetryAfter).ShouldBe((413, null));
    }

    [Theory]
    [InlineData(false, 0, "missing-relay-discovery")]
    [InlineData(true, 25, "relay-discovery-expired")]
    [InlineData(true, -1, "relay-discovery-future-timestamp")]
    [InlineData(true, 1, null)]
    public async Task Manifest_WhereARelaySnapshotIsRequired_CountsOnlyWithOne(bool has, int hoursOld, string? reason)
    {
        await using var strict = await TestFederation.StartAsync(new FedAiOptions { Scheduler = new SchedulerOptions { RelaySnapshotRequired = true } }, new ScriptedRunner());
        using var asker = new WireClient(strict.Router.Base, KeyPair.Generate());
        var snapshot = new RelayDiscoverySnapshot
        {
            DiscoveredAtMs = WireClient.Now - hoursOld * 3_600_000L,
            Relays = [new RelayDescriptor { Url = "wss://relay.example/", Read = true, Write = true, Priority = 2.5, Score = 5, Tags = [], LastSeenMs = 1 }],
            Options = new RelayDiscoveryOptions(),
        };
        var manifest = Signed(strict.Nodes[0].Key, json =>
        {
            if (has) json["relay_discovery"] = System.Text.Json.JsonSerializer.SerializeToNode(snapshot, ProtocolJson.Default.RelayDiscoverySnapshot);
        });

        var (status, body) = await asker.PostAsync("manifest", manifest);

        (status, (string?)JsonNode.Parse(body)!["reason"], (bool?)JsonNode.Parse(body)!["counts"]).ShouldBe((HttpStatusCode.OK, reason, reason is null ? null : false));
        var node = strict.Directory.Find(strict.Nodes[0].Key.PublicKey)!;
        ClaimRules.Weight(node.Claim, 0).ShouldBe(reason is null ? 0.3 : 0);
    }

    public static TheoryData<string, string, int> Hostile { get; } = new()
    {
        { "without bands", "invalid-manifest", 400 },
        { "bands that do not exist", "invalid-manifest", 400 },
        { "roles that do not exist", "invalid-manifest", 400 },
        { "tampered", "invalid-signature", 401 },
        { "replayed", "manifest-not-newer", 400 },
        { "older", "manifest-not-newer", 400 },
        { "from the future", "invalid-manifest", 400 },
        { "in another's name", "invalid-signature", 401 },
        { "of a stranger", "node-not-allowed", 403 },
        { "of 10 MB", "payload-too-large", 413 },
        { "no JSON", "invalid-json", 400 },
        { "unsigned", "missing-signature", 400 },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Manifest_ThatIsNotToBeBelieved_ChangesNothing(string what, string error, int status)
    {
        var key = federation.Nodes[0].Key;
        var good = Manifest(key, "cpu_mid");
        (await PostAsync(good)).Status.ShouldBe(HttpStatusCode.OK);
        using var stranger = KeyPair.Generate();
        var better = WireClient.Now + 1;
        var body = what switch
        {
            "without bands" => Signed(key, json => json.Remove("capability_bands")),
            "bands that do not exist" => Signed(key, json => json["capability_bands"]!["cpu"] = "cpu_best"),
            "roles that do not exist" => Signed(key, json => json["role_types"] = new JsonArray("llm_huge")),
            "tampered" => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Manifest(key, "cpu_low", issuedAtMs: better)).Replace("cpu_low", "cpu_high")),
            "replayed" => good,
            "older" => Manifest(key, "cpu_high", issuedAtMs: better - 60_000),
            "from the future" => Manifest(key, "cpu_high", issuedAtMs: better + 600_000),
            "in another's name" => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Manifest(stranger, "cpu_high", issuedAtMs: better)).Replace(stranger.PublicKey.Npub, key.PublicKey.Npub)),
            "of a stranger" => Manifest(stranger, "cpu_high"),
            "of 10 MB" => [.. Manifest(key, "cpu_high", issuedAtMs: better), .. new byte[10_000_000].Select(_ => (byte)' ')],
            "no JSON" => "{"u8.ToArray(),
            _ => Unsigned(Manifest(key, "cpu_high", issuedAtMs: better)),
        };

        var (answered, text) = await PostAsync(body);

        ((int)answered, WireClient.ErrorOf(text)).ShouldBe((status, error));
        Claim!.Bands.Cpu.ShouldBe("cpu_mid");
        (await client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Node_ThatHasAManifest_ShowsItToItsRouter()
    {
        using var folder = new TempFolder();
        using var key = KeyPair.Generate();
        await File.WriteAllBytesAsync(folder.File(OwnManifest.FileName), Manifest(key, "cpu_mid"));
        await using var node = await TestDaemon.StartAsync(Role.Node,
            new FedAiOptions { Node = new NodeOptions { Routers = [$"{federation.Router.Key.PublicKey.Npub}@{federation.Router.Base}"] }, Runner = new RunnerOptions { Kind = RunnerKind.None } },
            key: key, dataFolder: folder.Path);

        await Patience.UntilAsync(() => federation.Directory.Find(key.PublicKey)?.Claim is not null);
        federation.Directory.Find(key.PublicKey)!.Claim!.Bands.Cpu.ShouldBe("cpu_mid");
    }

    private T Get<T>() where T : notnull => federation.Router.Services.GetRequiredService<T>();

    private Task<(HttpStatusCode Status, string Body)> PostAsync(byte[] manifest) => client.PostAsync("manifest", manifest);

    private async Task<string?> QuotedNodeAsync(string? gpu = null)
    {
        var quote = new QuoteRequest
        {
            RequestId = Guid.CreateVersion7().ToString(), ModelId = "scripted", MaxTokens = 10, InputTokensEstimate = 10, OutputTokensEstimate = 10,
            Constraints = gpu is null ? null : new QuoteConstraints { Gpu = gpu },
        };
        var (_, body) = await client.PostAsync("quote", quote, ProtocolJson.Default.QuoteRequest);
        return (string?)JsonNode.Parse(body)!["quote"]!["payload"]!["nodeId"];
    }

    private static byte[] Unsigned(byte[] manifest)
    {
        var json = JsonNode.Parse(manifest)!.AsObject();
        json.Remove("signature");
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    /// <summary>Signed well by the right key, whatever it says.</summary>
    private static byte[] Signed(KeyPair key, Action<JsonObject> change)
    {
        var json = JsonNode.Parse(Manifest(key, "cpu_high", issuedAtMs: WireClient.Now + 1))!.AsObject();
        json.Remove("signature");
        change(json);
        return Manifests.Sign(System.Text.Json.JsonElement.Parse(json.ToJsonString()), ProtocolJson.Default.JsonElement, key, 1);
    }

    private static byte[] Manifest(KeyPair key, string cpu, string gpu = "gpu_none", int payload = 262_144, long? issuedAtMs = null)
    {
        var now = issuedAtMs ?? WireClient.Now;
        return Manifests.Sign(new NodeManifest
        {
            Id = key.PublicKey.Npub,
            RoleTypes = ["llm_cpu_small"],
            CapabilityBands = new CapabilityBands { Cpu = cpu, Ram = "ram_8", Disk = "disk_unknown", Net = "net_unknown", Gpu = gpu },
            Limits = new Protocol.Messages.NodeLimits { MaxConcurrency = 1, MaxPayloadBytes = payload, MaxTokens = 256 },
            SupportedFormats = ["text"],
            PricingDefaults = new PricingDefaults { Unit = "token", InputRate = 0, Currency = "SAT" },
            SoftwareVersion = "0",
            IssuedAtMs = now,
        }, ProtocolJson.Default.NodeManifest, key, now);
    }
}
