using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>What a router's own manifest says of it is what it does (MAN-19 to MAN-25, RPR-14, RPR-17), over real HTTP.</summary>
public sealed class RouterLimitsTests : IDisposable
{
    private readonly KeyPair key = KeyPair.Generate();

    public void Dispose() => key.Dispose();

    [Fact]
    public async Task Infer_FasterThanMaxQps_Is429WithRetryAfterOnThisMachineToo()
    {
        await using var federation = await TestFederation.StartAsync(new FedAiOptions(), Manifest() with { Limits = Limits(qps: 1) }, new ScriptedRunner());
        using var http = new HttpClient { BaseAddress = federation.Router.Base };
        var began = TimeProvider.System.GetTimestamp();

        var answers = new List<(HttpStatusCode Status, TimeSpan? RetryAfter, string Body)>();
        for (var i = 0; i < 20; i++) answers.Add(await InferAsync(http, "infer"));
        var chats = new List<(HttpStatusCode Status, TimeSpan? RetryAfter, string Body)>();
        for (var i = 0; i < 5; i++) chats.Add(await ChatAsync(http, "hello"));

        var most = 1 + TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        answers[0].Status.ShouldBe(HttpStatusCode.OK, answers[0].Body);
        ((double)answers.Concat(chats).Count(answer => answer.Status == HttpStatusCode.OK)).ShouldBeLessThanOrEqualTo(most);
        var refused = answers.First(answer => answer.Status == HttpStatusCode.TooManyRequests);
        (refused.RetryAfter, WireClient.ErrorOf(refused.Body)).ShouldBe((TimeSpan.FromSeconds(1), "rate-limited"));
        chats.ShouldContain(chat => chat.Status == HttpStatusCode.TooManyRequests && chat.RetryAfter == TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Infer_ForgedRequests_UseNothingOfTheLimitUp()
    {
        await using var federation = await TestFederation.StartAsync(new FedAiOptions(), Manifest() with { Limits = Limits(qps: 1) }, new ScriptedRunner());
        using var http = new HttpClient { BaseAddress = federation.Router.Base };

        for (var i = 0; i < 5; i++)
        {
            var forged = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Seal(WireClient.Ask())).Replace("hello", "hallo"));
            (await SendAsync(http, "infer", forged)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        }

        (await InferAsync(http, "infer")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Infer_OneMoreAtOnceThanMaxConcurrentJobs_Is429UntilOneEnds()
    {
        var runner = new ScriptedRunner { StallAt = 1, StallFor = request => request.MaxTokens == 63 };
        await using var federation = await TestFederation.StartAsync(new FedAiOptions(), Manifest() with { Limits = Limits(jobs: 1) }, runner);
        using var http = new HttpClient { BaseAddress = federation.Router.Base };
        var gate = federation.Router.Services.GetRequiredService<JobGate>();
        using var leave = new CancellationTokenSource();
        using var stalled = new ByteArrayContent(Seal(WireClient.Ask(maxTokens: 63)));

        var running = http.PostAsync(new Uri("infer", UriKind.Relative), stalled, leave.Token);
        await runner.Stalled;
        var second = await InferAsync(http, "infer");
        var stream = await InferAsync(http, "infer/stream");
        var chat = await ChatAsync(http, "hello");
        JsonNode.Parse(await http.GetStringAsync(new Uri("status", UriKind.Relative)))!["jobs"]!.ToString().ShouldBe("1");
        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        await Patience.UntilAsync(() => gate.Running == 0);

        foreach (var refused in new[] { second, stream, chat })
        {
            refused.Status.ShouldBe(HttpStatusCode.TooManyRequests, refused.Body);
            refused.RetryAfter.ShouldNotBeNull();
        }

        (await InferAsync(http, "infer")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Infer_BodyLargerThanMaxPayloadBytes_Is413WhetherOrNotItSaysItsSize(bool chunked)
    {
        await using var federation = await TestFederation.StartAsync(new FedAiOptions(), Manifest() with { Limits = Limits(payload: 2000) }, new ScriptedRunner());
        using var http = new HttpClient { BaseAddress = federation.Router.Base };
        var fits = Seal(WireClient.Ask());
        var large = Seal(WireClient.Ask(prompt: new string('x', 2001 - fits.Length + "hello".Length)));
        large.Length.ShouldBe(2001);

        (await SendAsync(http, "infer", fits, chunked)).Status.ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { "infer", "infer/stream" })
        {
            var refused = await SendAsync(http, path, large, chunked);
            (refused.Status, WireClient.ErrorOf(refused.Body)).ShouldBe((HttpStatusCode.RequestEntityTooLarge, "payload-too-large"));
        }

        (await ChatAsync(http, new string('x', 2001))).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await ChatAsync(http, "hello")).Status.ShouldBe(HttpStatusCode.OK);
        // A node's registration is no payload of a job.
        await federation.AddNodeAsync(new ScriptedRunner());
    }

    [Theory]
    [InlineData(RouterPolicies.RateLimit)]
    [InlineData(RouterPolicies.Allowlist)]
    [InlineData("")]
    public async Task Policy_SwitchedOffInTheManifest_IsNotEnforcedAndTheStatusSaysSo(string off)
    {
        using var friend = KeyPair.Generate();
        var options = new FedAiOptions { Filter = new FilterOptions { Allow = off == RouterPolicies.RateLimit ? [] : [friend.PublicKey.Npub] } };
        await using var router = await TestDaemon.StartAsync(Role.Router, options, manifest: Manifest() with { PoliciesEnabled = [.. RouterPolicies.All.Where(policy => policy != off)] });
        using var elsewhere = new HttpClient { BaseAddress = router.Base };
        elsewhere.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.5");
        var asker = off == RouterPolicies.RateLimit ? key : friend;

        var welcome = WireClient.ErrorOf((await SendAsync(elsewhere, "infer", Seal(WireClient.Ask()))).Body);
        var many = new List<string?>();
        for (var i = 0; i < 120; i++) many.Add(WireClient.ErrorOf((await SendAsync(elsewhere, "infer", EnvelopeSealer.Seal(WireClient.Ask(), ProtocolJson.Default.InferenceRequest, asker, WireClient.Now))).Body));

        var policies = JsonNode.Parse(await elsewhere.GetStringAsync(new Uri("status", UriKind.Relative)))!["policies"]!;
        foreach (var policy in RouterPolicies.All) ((bool)policies[policy]!).ShouldBe(policy != off);
        // Who got in is told that there are no nodes here.
        welcome.ShouldBe(off == "" ? "client-not-allowed" : "no-nodes");
        many.Contains("rate-limited").ShouldBe(off != RouterPolicies.RateLimit);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("basic")]
    [InlineData("verbose")]
    public async Task Audit_ByItsMode_TellsMoreAndNeverWhatWasAskedOrAnswered(string mode)
    {
        const string secret = "the-otters-of-the-audit";
        using var folder = new TempFolder();
        await using (var router = await TestDaemon.StartAsync(Role.Router, key: key, dataFolder: folder.Path, manifest: Manifest() with { AuditMode = mode }))
        {
            using var http = new HttpClient { BaseAddress = router.Base };
            await using var node = await TestDaemon.StartAsync(Role.Node, new FedAiOptions { Node = new Daemon.Node.NodeOptions { Routers = [$"{key.PublicKey.Npub}@{router.Base}"] } },
                services => services.AddSingleton<Runners.IRunner>(new ScriptedRunner { Answer = _ => [secret, " answered"] }));
            await Patience.UntilAsync(() => router.Services.GetRequiredService<NodeDirectory>().Find(node.Key.PublicKey) is { Descriptor.Capabilities.Count: > 0 });
            (await SendAsync(http, "infer", Seal(WireClient.Ask(prompt: $"tell me of {secret}")))).Status.ShouldBe(HttpStatusCode.OK);
            (await SendAsync(http, "infer", Seal(WireClient.Ask(model: secret)))).Status.ShouldBe(HttpStatusCode.NotFound);
            (await SendAsync(http, "infer", "{}"u8.ToArray())).Status.ShouldBe(HttpStatusCode.BadRequest);
        }

        var path = folder.File(AuditFile.Name);
        File.Exists(path).ShouldBe(mode != "off");
        if (mode == "off") return;
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        LeakSearch.Find(await File.ReadAllBytesAsync(path), secret).ShouldBeNull();
        LeakSearch.Find(await File.ReadAllBytesAsync(path), key.ToNsec()).ShouldBeNull();
        var lines = (await File.ReadAllLinesAsync(path)).Select(line => JsonNode.Parse(line)!).Select(line => $"{line["event"]} {line["outcome"]}").ToList();
        List<string> basic = ["start probation", "node-registers ok", "job model-not-found", "request invalid-envelope", "stop ok"];
        lines.ShouldBe(mode == "basic" ? basic : [basic[0], basic[1], "job ok", .. basic[2..]]);
    }

    [Fact]
    public async Task Audit_Refusals_NameWhoSignedAndCountTheRest()
    {
        using var folder = new TempFolder();
        await using (var router = await TestDaemon.StartAsync(Role.Router, dataFolder: folder.Path, manifest: Manifest() with { AuditMode = "basic" }))
        {
            using var http = new HttpClient { BaseAddress = router.Base };
            var asked = Seal(WireClient.Ask());
            for (var i = 0; i < 2; i++) await SendAsync(http, "infer", asked);
            for (var i = 0; i < 3; i++) await SendAsync(http, "infer", Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Seal(WireClient.Ask())).Replace("hello", "hallo")));
            await SendAsync(http, "register-node", asked);
            var manifest = Manifests.Sign(new NodeManifest
            {
                Id = key.PublicKey.Npub,
                RoleTypes = ["llm_cpu_small"],
                CapabilityBands = Manifest().CapabilityBands,
                Limits = new NodeLimits { MaxConcurrency = 1, MaxPayloadBytes = 1, MaxTokens = 1 },
                SupportedFormats = [],
                PricingDefaults = new PricingDefaults { Unit = "token", InputRate = 0, Currency = "SAT" },
                SoftwareVersion = "0",
            }, ProtocolJson.Default.NodeManifest, key, WireClient.Now);
            (await SendAsync(http, "manifest", manifest)).Status.ShouldBe(HttpStatusCode.Forbidden);
            await SendAsync(http, "manifest", Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(manifest).Replace("cpu_low", "cpu_mid")));
        }

        var lines = (await File.ReadAllLinesAsync(folder.File(AuditFile.Name))).Select(line => JsonNode.Parse(line)!).ToList();

        string Of(string what) => lines.Where(line => $"{line["event"]} {line["outcome"]}" == what).ShouldHaveSingleItem(what) is var line ? $"{line["key"] ?? line["node"]} {line["count"]}".Trim() : "";
        (Of("request nonce-reused"), Of("manifest node-not-allowed")).ShouldBe((key.PublicKey.Npub, key.PublicKey.Npub));
        (Of("request invalid-signature"), Of("node-registers invalid-envelope"), Of("manifest invalid-signature")).ShouldBe(("3", "1", "1"));
    }

    [Fact]
    public async Task Status_OfARouterOnProbation_SaysSoAndItsNodesAreLookedAtMoreOften()
    {
        await using var probation = await TestFederation.StartAsync(new FedAiOptions(), Manifest() with { RouterMode = "probation" }, new ScriptedRunner());
        await using var normal = await TestDaemon.StartAsync(Role.Router, manifest: Manifest() with { Benchmarks = JsonElement.Parse("""{"suite":"router","short":false,"partial":false}""") });
        using var http = new HttpClient();

        var status = JsonNode.Parse(await http.GetStringAsync(new Uri(probation.Router.Base, "status")))!;
        ((string?)status["mode"], (bool)status["eligible"]!, (string?)status["audit"]).ShouldBe(("probation", false, "off"));
        ((string?)JsonNode.Parse(await http.GetStringAsync(new Uri(normal.Base, "status")))!["mode"]).ShouldBe("normal");
        (Health(probation.Router).Pause, Health(normal).Pause).ShouldBe((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)));
        var metrics = await http.GetStringAsync(new Uri(probation.Router.Base, "metrics"));
        metrics.ShouldContain("fedai_router_health_interval_seconds ");
        metrics.ShouldContain("fedai_router_probation ");
    }

    [Fact]
    public async Task Health_NodeThatIsGone_StandsLastBeforeAClientFindsOut()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner(), new ScriptedRunner());
        await Health(federation.Router).LookAsync(CancellationToken.None);
        federation.Directory.Current.ShouldAllBe(node => node.Load.Observe(WireClient.Now).FailuresInRow == 0);
        var gone = federation.Directory.Find(federation.Nodes[0].Key.PublicKey)!;

        await federation.Nodes[0].StopAsync();
        await Health(federation.Router).LookAsync(CancellationToken.None);

        gone.Load.Observe(WireClient.Now).FailuresInRow.ShouldBe(1);
        gone.Load.Observe(WireClient.Now).Samples.ShouldBe(0, "nothing was asked of it");
        federation.Directory.Find(federation.Nodes[1].Key.PublicKey)!.Load.Observe(WireClient.Now).FailuresInRow.ShouldBe(0);
        // Other routers of this process show theirs at the same place, so it is looked at again.
        using var http = new HttpClient();
        await Patience.UntilAsync(async () =>
        {
            await Health(federation.Router).LookAsync(CancellationToken.None);
            return (await http.GetStringAsync(new Uri(federation.Router.Base, "metrics"))).Contains("fedai_router_nodes_cooling 1", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Health_NodeWhoseChannelIsGoneMeanwhile_IsOneThatFailedAndEndsNothing()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        var nodes = router.Services.GetRequiredService<NodeDirectory>();
        using var channel = new PeerChannel(Stream.Null, isConfidential: true);
        router.Services.GetRequiredService<NodeChannels>().Put(key.PublicKey, channel);
        var descriptor = new NodeDescriptor { NodeId = key.PublicKey.Npub, KeyId = key.PublicKey.Npub, Endpoint = ChannelHandshake.Endpoint, Capacity = new NodeCapacity { MaxConcurrent = 1, CurrentLoad = 0 }, Capabilities = [] };
        (await nodes.RegisterAsync(key.PublicKey, descriptor, EnvelopeSealer.Seal(descriptor, ProtocolJson.Default.NodeDescriptor, key, WireClient.Now))).ShouldBeNull();
        channel.Dispose();

        await Health(router).LookAsync(CancellationToken.None);

        nodes.Find(key.PublicKey)!.Load.Observe(WireClient.Now).FailuresInRow.ShouldBe(1);
    }

    private static NodeHealthService Health(TestDaemon router) => router.Services.GetServices<IHostedService>().OfType<NodeHealthService>().Single();

    private byte[] Seal(InferenceRequest request) => EnvelopeSealer.Seal(request, ProtocolJson.Default.InferenceRequest, key, WireClient.Now);

    private Task<(HttpStatusCode Status, TimeSpan? RetryAfter, string Body)> InferAsync(HttpClient http, string path) => SendAsync(http, path, Seal(WireClient.Ask()));

    private static Task<(HttpStatusCode Status, TimeSpan? RetryAfter, string Body)> ChatAsync(HttpClient http, string prompt) => SendAsync(http, "v1/chat/completions",
        Encoding.UTF8.GetBytes($$"""{"model":"scripted","max_tokens":8,"messages":[{"role":"user","content":"{{prompt}}"}]}"""));

    private static async Task<(HttpStatusCode Status, TimeSpan? RetryAfter, string Body)> SendAsync(HttpClient http, string path, byte[] body, bool chunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = chunked;
        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, answer.Headers.RetryAfter?.Delta, await answer.Content.ReadAsStringAsync());
    }

    private static RouterLimits Limits(double qps = 100_000, double jobs = 1024, double payload = 4 << 20) => new() { MaxQps = qps, MaxConcurrentJobs = jobs, MaxPayloadBytes = payload };

    private static RouterManifest Manifest() => new()
    {
        Id = "npub1",
        RouterMode = "normal",
        CapabilityBands = new CapabilityBands { Cpu = "cpu_low", Ram = "ram_8", Disk = "disk_unknown", Net = "net_unknown", Gpu = "gpu_none" },
        Limits = Limits(),
        PoliciesEnabled = RouterPolicies.All,
        AuditMode = "off",
        SoftwareVersion = "0",
    };
}
