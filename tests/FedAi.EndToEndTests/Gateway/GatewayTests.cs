using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Gateway;

/// <summary>A gateway before real routers and nodes, over real sockets; only what the model says is scripted.</summary>
public sealed class GatewayTests
{
    private const string Ask = """{"model":"scripted","messages":[{"role":"user","content":"hello"}]}""";
    private const string AskStream = """{"model":"scripted","stream":true,"messages":[{"role":"user","content":"hello"}]}""";

    private static readonly HttpClient Http = new();

    [Fact]
    public async Task Chat_ThroughGatewayRelayRouterAndNode_StreamsWithAProofThatHolds()
    {
        var runner = new ScriptedRunner();
        await using var federation = await TestFederation.StartAsync(runner);
        await using var gateway = await GatewayOnRelayOfAsync(federation.Router);

        var (text, last) = await ReadAsync(await PostAsync(gateway, AskStream));
        var requestId = (string)last["fedai"]!["requestId"]!;
        var proof = await Http.GetByteArrayAsync(new Uri(gateway.Base, $"v1/fedai/requests/{requestId}"));
        var report = ProofRules.Check(proof);

        text.ShouldBe("A scripted answer.");
        ((int)last["usage"]!["completion_tokens"]!).ShouldBe(4);
        report.Problems.ShouldBeEmpty();
        report.Node.ShouldBe(federation.Nodes[0].Key.PublicKey);
        report.Record!.RequestId.ShouldBe(requestId);
        ((string)JsonNode.Parse(proof)!["response"]!["payload"]!["output"]!).ShouldBe(text);
        (await Http.GetByteArrayAsync(new Uri(gateway.Base, $"v1/fedai/requests/chatcmpl-{requestId}"))).ShouldBe(proof);
        runner.Requests.Single().Salt.ShouldBe((string)JsonNode.Parse(proof)!["request"]!["salt"]!);
    }

    [Fact]
    public async Task Chat_NotStreamed_AnswersTheSame()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        await using var gateway = await GatewayOnRelayOfAsync(federation.Router);

        using var response = await PostAsync(gateway, Ask);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        ((string)body["choices"]![0]!["message"]!["content"]!).ShouldBe("A scripted answer.");
        ProofRules.Check(await Http.GetByteArrayAsync(new Uri(gateway.Base, $"v1/fedai/requests/{(string)body["fedai"]!["requestId"]!}"))).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Models_AnnouncedByRouters_AreListedWithTheNodesLimits()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        await using var gateway = await GatewayOnRelayOfAsync(federation.Router);

        var model = JsonNode.Parse(await Http.GetStringAsync(new Uri(gateway.Base, "v1/models")))!["data"]![0]!;

        ((string)model["id"]!, (int)model["context_window"]!).ShouldBe(("scripted", 512));
        var offered = federation.Directory.Find(federation.Nodes[0].Key.PublicKey)!.Descriptor.Capabilities[0];
        ((int)model["max_completion_tokens"]!).ShouldBe((int)offered.MaxTokens);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(ErrorCode.NoNodes)]
    [InlineData(ErrorCode.ModelNotFound)]
    [InlineData(ErrorCode.InternalError)]
    public async Task Chat_RouterFailsBeforeTheFirstToken_AnotherRouterAnswers(ErrorCode? refusal)
    {
        await using var broken = await BrokenRouter.StartAsync(refusal);
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        await using var gateway = await GatewayAsync(AnnouncedRouter.At(broken.Base, "scripted"), Second(federation.Router));

        (await ReadAsync(await PostAsync(gateway, AskStream))).Text.ShouldBe("A scripted answer.");

        broken.Asked.ShouldBe(1, "or nothing was shown");
    }

    // A sign of life (DECISIONS E16b) is no answer: another router may still give one, and the client may still be told by a status.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Chat_RouterFailsAfterASignOfLife_IsAsIfItHadSaidNothing(bool another)
    {
        await using var broken = await BrokenRouter.StartAsync(ErrorCode.NoNodes, "");
        broken.BreakOff();
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        await using var gateway = await GatewayAsync(another ? [AnnouncedRouter.At(broken.Base, "scripted"), Second(federation.Router)] : [AnnouncedRouter.At(broken.Base, "scripted")]);

        using var response = await PostAsync(gateway, AskStream);

        if (another) (await ReadAsync(response)).Text.ShouldBe("A scripted answer.");
        else response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        broken.Asked.ShouldBe(1, "or nothing was shown");
    }

    [Fact]
    public async Task Chat_RouterThatFailed_IsAvoidedForAWhile()
    {
        await using var broken = await BrokenRouter.StartAsync();
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        await using var gateway = await GatewayAsync(AnnouncedRouter.At(broken.Base, "scripted"), Second(federation.Router));

        for (var i = 0; i < 5; i++) (await ReadAsync(await PostAsync(gateway, AskStream))).Text.ShouldBe("A scripted answer.");

        broken.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task Chat_RouterIsNotThere_AnotherRouterAnswers()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        var gone = await BrokenRouter.StartAsync();
        var address = gone.Base;
        await gone.DisposeAsync();
        await using var gateway = await GatewayAsync(AnnouncedRouter.At(address, "scripted"), Second(federation.Router));

        (await ReadAsync(await PostAsync(gateway, AskStream))).Text.ShouldBe("A scripted answer.");
    }

    [Theory]
    [InlineData(null, "stream_ended", "node_unreachable")]
    [InlineData(ErrorCode.RunnerCrashed, "runner_crashed", "runner_crashed")]
    public async Task Chat_RouterFailsAfterTheFirstToken_TheClientSeesIt(ErrorCode? refusal, string code, string orCode)
    {
        await using var broken = await BrokenRouter.StartAsync(refusal, "Some ", "words");
        await using var gateway = await GatewayAsync(AnnouncedRouter.At(broken.Base, "scripted"));

        using var response = await PostAsync(gateway, AskStream, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var body = "";
        while (!body.Contains("\"content\":\"words\"")) body += await reader.ReadLineAsync() + "\n";
        broken.BreakOff();
        body += await reader.ReadToEndAsync();

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        body.ShouldNotContain("[DONE]");
        var error = JsonNode.Parse(body[(body.LastIndexOf("data: ", StringComparison.Ordinal) + 6)..])!["error"]!;
        ((string)error["code"]!).ShouldBeOneOf(code, orCode);
        broken.Asked.ShouldBe(1, "a second answer behind the client's back would be worse");
    }

    [Fact]
    public async Task Chat_EveryRouterFails_IsOneClearErrorAndAtMostThreeRoutersSawThePrompt()
    {
        var routers = new List<BrokenRouter>();
        for (var i = 0; i < 5; i++) routers.Add(await BrokenRouter.StartAsync(ErrorCode.NodeSaturated));
        await using var gateway = await GatewayAsync([.. routers.Select(router => AnnouncedRouter.At(router.Base, "scripted"))]);

        using var response = await PostAsync(gateway, AskStream);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter.ShouldNotBeNull();
        ((string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["code"]!).ShouldBe("node_saturated");
        routers.Sum(router => router.Asked).ShouldBe(3);
        foreach (var router in routers) await router.DisposeAsync();
    }

    [Fact]
    public async Task Chat_ModelNobodyAnnounces_Is404AndNobodySeesThePrompt()
    {
        await using var other = await BrokenRouter.StartAsync();
        await using var gateway = await GatewayAsync(AnnouncedRouter.At(other.Base, "another"));

        using var response = await PostAsync(gateway, AskStream);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        ((string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["code"]!).ShouldBe("model_not_found");
        other.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task Chat_StreamDiffersFromWhatTheNodeSigned_EndsWithStreamMismatchAndNoProof()
    {
        await using var federation = await TestFederation.StartAsync();
        await using var forger = await ForgingNode.StartAsync(federation.Router.Base);
        forger.Streamed = ["An ", "advert."];
        await using var gateway = await GatewayAsync(AnnouncedRouter.At(forger.Base, "scripted"));

        using var response = await PostAsync(gateway, AskStream);
        var body = await response.Content.ReadAsStringAsync();

        body.ShouldContain("\"code\":\"stream_mismatch\"");
        body.ShouldNotContain("[DONE]");
        using var proof = await Http.GetAsync(new Uri(gateway.Base, $"v1/fedai/requests/{response.Headers.GetValues("x-request-id").Single()}"));
        proof.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Chat_ClientLeaves_TheRunnerStops()
    {
        var runner = new ScriptedRunner { StallAt = 2 };
        await using var federation = await TestFederation.StartAsync(runner);
        await using var gateway = await GatewayAsync(AnnouncedRouter.At(federation.Router.Base, "scripted"));

        var response = await PostAsync(gateway, AskStream, HttpCompletionOption.ResponseHeadersRead);
        await runner.Stalled.WaitAsync(Patience.Limit);
        runner.Cancelled.IsCompleted.ShouldBeFalse();
        response.Dispose();

        await runner.Cancelled.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Proof_OfARequest_IsNeverOnDisk()
    {
        const string marker = "zanzibar-7261";
        using var folder = new TempFolder();
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner { Answer = _ => [marker] });
        await using (var gateway = await TestDaemon.StartAsync(Role.Gateway, dataFolder: folder.Path))
        {
            gateway.Services.GetRequiredService<RouterDirectory>().Observe(AnnouncedRouter.At(federation.Router.Base, "scripted"));
            var (text, last) = await ReadAsync(await PostAsync(gateway, AskStream));
            text.ShouldBe(marker);
            (await Http.GetStringAsync(new Uri(gateway.Base, $"v1/fedai/requests/{(string)last["fedai"]!["requestId"]!}"))).ShouldContain(marker, customMessage: "it is where it belongs");
        }

        foreach (var file in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories))
            File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(marker)).ShouldBe(-1, file);
    }

    [Theory]
    [InlineData("official client on the gateway")]
    [InlineData("official client on the router")]
    public async Task OpenAiClient_Streams(string where)
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner { Answer = _ => ["Grüße ", "😀"] });
        await using var gateway = await GatewayOnRelayOfAsync(federation.Router);
        var address = where.EndsWith("gateway", StringComparison.Ordinal) ? gateway.Base : federation.Router.Base;
        await using var client = NodeScript.Start("openai.mjs", new Uri(address, "v1").ToString());

        var answer = await client.AskAsync(new JsonObject { ["op"] = "stream", ["body"] = JsonNode.Parse(Ask) });

        ((string)answer["completion"]!["choices"]![0]!["message"]!["content"]!).ShouldBe("Grüße 😀");
        ((string)(await client.AskAsync(new JsonObject { ["op"] = "models" }))[0]!["id"]!).ShouldBe("scripted");
    }

    /// <summary>A router that says that it is busy, so that any other is asked first.</summary>
    private static KnownRouter Second(TestDaemon router)
    {
        var announced = AnnouncedRouter.At(router.Base, "scripted");
        var load = new LoadSummary { QueueDepth = 0, P95LatencyMs = 0, CpuPct = 0, RamPct = 0, ActiveJobs = 0, BackpressureState = BackpressureState.Busy };
        return announced with { Profile = announced.Profile with { LoadSummary = load } };
    }

    private static Task<TestDaemon> GatewayOnRelayOfAsync(TestDaemon router) => TestDaemon.StartAsync(Role.Gateway, new FedAiOptions
    {
        Relays = new RelayOptions { Bootstrap = [$"ws://127.0.0.1:{router.Base.Port}/relay"] },
    });

    private static async Task<TestDaemon> GatewayAsync(params KnownRouter[] routers)
    {
        var gateway = await TestDaemon.StartAsync(Role.Gateway);
        foreach (var router in routers) gateway.Services.GetRequiredService<RouterDirectory>().Observe(router).ShouldBeTrue();
        return gateway;
    }

    private static async Task<HttpResponseMessage> PostAsync(TestDaemon gateway, string body, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Base, "v1/chat/completions")) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return await Http.SendAsync(request, completion);
    }

    private static async Task<(string Text, JsonNode Last)> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var body = await response.Content.ReadAsStringAsync();
            response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
            body.ShouldEndWith("data: [DONE]\n\n");
            var chunks = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[..^1].Select(frame => JsonNode.Parse(frame["data: ".Length..])!).ToList();
            return (string.Concat(chunks.Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])), chunks[^1]);
        }
    }
}
