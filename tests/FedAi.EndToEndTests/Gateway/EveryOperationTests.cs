using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Gateway;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Gateway;

/// <summary>Everything /v1 does besides plain chat, through gateway, router and node, in clear and sealed.</summary>
public sealed class EveryOperationTests
{
    private const string Secret = "zanzibar-7261";
    private const string Schema = """{"type":"object","properties":{"zone":{"type":"string"},"area":{"type":"string"}}}""";

    private static readonly string Tools = $$$"""[{"type":"function","function":{"name":"lookup","description":"{{{Secret}}}","parameters":{{{Schema}}} }}]""";

    private static readonly ToolCallDelta[] Pieces = [new() { Index = 0, Id = "call_1", Name = "lookup", Arguments = "{\"zone\":" }, new() { Index = 0, Arguments = "\"zanzibar-7261 é😀\"}" }];

    private static readonly HttpClient Http = new();

    [Theory]
    [InlineData("PL1", true)]
    [InlineData("PL1", false)]
    [InlineData("PL2", true)]
    [InlineData("PL2", false)]
    public async Task Chat_ToolRound_CompletesAndIsProven(string privacy, bool stream)
    {
        var runner = new ScriptedRunner { Answer = request => request.Messages!.Any(message => message.Role == "tool") ? ["It is ", "there."] : [], Calls = request => request.Messages!.Any(message => message.Role == "tool") ? [] : Pieces };
        await using var federation = await TestFederation.StartAsync(runner);
        await using var gateway = await GatewayAsync(federation);
        const string question = """{"role":"user","content":"Where?"}""";

        var asked = await AskAsync(gateway, "chat/completions", $$"""{"model":"scripted","messages":[{{question}}],"tools":{{Tools}},"tool_choice":"required"}""", privacy, stream);
        var call = asked.Calls.ShouldHaveSingleItem();
        var answered = await AskAsync(gateway, "chat/completions",
            $$$"""{"model":"scripted","messages":[{{{question}}},{"role":"assistant","content":null,"tool_calls":[{{{call.ToJsonString()}}}]},{"role":"tool","tool_call_id":"call_1","content":"the Indian Ocean"}],"tools":{{{Tools}}} }""", privacy, stream);

        ((string)call["function"]!["arguments"]!).ShouldBe("""{"zone":"zanzibar-7261 é😀"}""");
        (asked.FinishReason, answered.FinishReason, answered.Text).ShouldBe(("tool_calls", "stop", "It is there."));
        // A schema's members are where they stood, and the history is what the client sent.
        var (first, second) = (runner.Requests.First(), runner.Requests.Last());
        first.Tools!.Value.GetRawText().ShouldBe(Tools);
        first.ToolChoice!.Value.GetString().ShouldBe("required");
        second.Messages![1].ToolCalls.ShouldBe(ToolCalls.Join(Pieces));
        (second.Messages[2].Role, second.Messages[2].ToolCallId).ShouldBe(("tool", "call_1"));
        ProofRules.Check(await Http.GetByteArrayAsync(new Uri(gateway.Base, $"v1/fedai/requests/{asked.RequestId}"))).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Chat_ToolsAtPL2_AreSeenByNobodyOnTheWay()
    {
        var runner = new ScriptedRunner { Answer = _ => [], Calls = _ => Pieces };
        await using var federation = await TestFederation.StartAsync(runner);
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        await using var gateway = await GatewayAsync(federation, router);
        var body = $$"""{"model":"scripted","messages":[{"role":"user","content":"Where?"}],"tools":{{Tools}}}""";

        (await AskAsync(gateway, "chat/completions", body, "PL2", stream: true)).Calls.ShouldHaveSingleItem();
        LeakSearch.Find(router.Seen, Secret).ShouldBeNull();
        LeakSearch.Find(router.Seen, "tool_calls").ShouldBeNull();

        // The same search, where it may be read; and this router leaves out the calls that it may read.
        using var response = await PostAsync(gateway, "chat/completions", body, "PL1");
        LeakSearch.Find(router.Seen, Secret).ShouldNotBeNull();
        ((string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["code"]!).ShouldBe("stream_mismatch");
    }

    [Theory]
    [InlineData("PL1")]
    [InlineData("PL2")]
    public async Task Embeddings_ThroughTheChain_AreTheNodesVectors(string privacy)
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        await using var gateway = await GatewayAsync(federation);

        using var response = await PostAsync(gateway, "embeddings", """{"model":"scripted","input":["ab","c"]}""", privacy);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        response.StatusCode.ShouldBe(HttpStatusCode.OK, body.ToJsonString());
        body["data"]!.AsArray().Select(item => item!["embedding"]!.ToJsonString()).ShouldBe(["[0.6,0.8]", "[1,0]"]);
        body["usage"]!.ToJsonString().ShouldBe("""{"prompt_tokens":14,"total_tokens":14}""");
    }

    [Theory]
    [InlineData("PL1")]
    [InlineData("PL2")]
    public async Task Completion_ThroughTheChain_GoesOnWithThePrompt(string privacy)
    {
        var runner = new ScriptedRunner();
        await using var federation = await TestFederation.StartAsync(runner);
        await using var gateway = await GatewayAsync(federation);

        using var response = await PostAsync(gateway, "completions", """{"model":"scripted","prompt":"Once upon"}""", privacy);

        ((string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["choices"]![0]!["text"]!).ShouldBe("A scripted answer.");
        (runner.Requests.Single().Prompt, runner.Requests.Single().Messages).ShouldBe(("Once upon", null));
    }

    [Fact]
    public async Task Job_OnAGateway_IsFetchedAndProven()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        await using var gateway = await GatewayAsync(federation);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Base, "v1/completions")) { Content = new StringContent("""{"model":"scripted","prompt":"Once"}""") };
        request.Headers.Add("Prefer", "respond-async");

        using var accepted = await Http.SendAsync(request);
        var id = (string)JsonNode.Parse(await accepted.Content.ReadAsStringAsync())!["id"]!;
        using var patience = new CancellationTokenSource(Patience.Limit);
        JsonNode job;
        while ((string?)(job = JsonNode.Parse(await Http.GetStringAsync(new Uri(gateway.Base, accepted.Headers.Location!)))!)["status"] == "in_progress") await Task.Delay(5, patience.Token);

        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        ((string)job["result"]!["choices"]![0]!["text"]!).ShouldBe("A scripted answer.");
        ProofRules.Check(await Http.GetByteArrayAsync(new Uri(gateway.Base, $"v1/fedai/requests/{id}"))).Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("PL1")]
    [InlineData("PL2")]
    public async Task Chat_ModelIsLoading_TheClientLearnsHowFar(string privacy)
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner { Loading = new LoadProgress { Percent = 61, EtaMs = 4200 } });
        await using var gateway = await GatewayAsync(federation);

        using var response = await PostAsync(gateway, "chat/completions", """{"model":"scripted","messages":[{"role":"user","content":"x"}]}""", privacy);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;

        (response.StatusCode, (string)error["code"]!, response.Headers.RetryAfter!.Delta).ShouldBe((HttpStatusCode.ServiceUnavailable, "model_loading", TimeSpan.FromSeconds(3)));
        error["loading"]!.ToJsonString().ShouldBe("""{"progress_percent":61,"eta_seconds":5}""");
    }

    [Theory]
    [InlineData("chat/completions", """{"model":"scripted","stream":true,"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("completions", """{"model":"scripted","stream":true,"prompt":"x"}""")]
    [InlineData("embeddings", """{"model":"scripted","input":"x"}""")]
    public async Task Client_Leaves_TheNodeStops(string path, string body)
    {
        var runner = new ScriptedRunner { StallAt = path == "embeddings" ? 0 : 1 };
        await using var federation = await TestFederation.StartAsync(runner);
        await using var gateway = await GatewayAsync(federation);
        using var leaving = new CancellationTokenSource();

        var asking = PostAsync(gateway, path, body, "PL1", leaving.Token);
        await runner.Stalled.WaitAsync(Patience.Limit);
        runner.Cancelled.IsCompleted.ShouldBeFalse();
        await leaving.CancelAsync();

        await runner.Cancelled.WaitAsync(Patience.Limit);
        await Should.ThrowAsync<OperationCanceledException>(asking);
    }

    [Theory]
    [InlineData("chat/completions", """{"model":"scripted","messages":[{"role":"user","content":"TEXT"}]}""")]
    [InlineData("completions", """{"model":"scripted","prompt":"TEXT"}""")]
    [InlineData("embeddings", """{"model":"scripted","input":"TEXT"}""")]
    public async Task Prompt_Of10MB_IsRefusedBeforeItIsRead(string path, string body)
    {
        var runner = new ScriptedRunner();
        await using var federation = await TestFederation.StartAsync(runner);

        using var response = await PostAsync(federation.Router, path, body.Replace("TEXT", new string('x', 10_000_000)), "PL1");

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        ((string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["code"]!).ShouldBe("payload_too_large");
        runner.Requests.ShouldBeEmpty();
    }

    private static async Task<TestDaemon> GatewayAsync(TestFederation federation, MeddlingRouter? router = null)
    {
        var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions
        {
            Relays = new RelayOptions { Bootstrap = router is null ? [$"ws://127.0.0.1:{federation.Router.Base.Port}/relay"] : [] },
            Gateway = new GatewayOptions { Nodes = new GatewayNodesOptions { Allow = [federation.Nodes[0].Key.PublicKey.Npub] } },
        });
        if (router is null) return gateway;
        var announced = router.Announced;
        var able = announced with { Profile = announced.Profile with { ModelCaps = [.. announced.Profile.ModelCaps.Select(model => model with { Features = [ModelFeatures.Tools] })] } };
        gateway.Services.GetRequiredService<RouterDirectory>().Observe(able).ShouldBeTrue();
        return gateway;
    }

    private static Task<HttpResponseMessage> PostAsync(TestDaemon daemon, string path, string body, string privacy, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(daemon.Base, "v1/" + path)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("x-fedai-privacy", privacy);
        return Http.SendAsync(request, cancellationToken);
    }

    /// <summary>Asks, streamed or not, and gives what a client puts together of it.</summary>
    private static async Task<(string Text, IReadOnlyList<JsonNode> Calls, string FinishReason, string RequestId)> AskAsync(TestDaemon daemon, string path, string body, string privacy, bool stream)
    {
        using var response = await PostAsync(daemon, path, stream ? body.Insert(1, "\"stream\":true,") : body, privacy);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        var requestId = response.Headers.GetValues("x-request-id").Single();
        if (!stream)
        {
            var choice = JsonNode.Parse(text)!["choices"]![0]!;
            return ((string?)choice["message"]!["content"] ?? "", [.. choice["message"]!["tool_calls"]?.AsArray().Select(call => call!) ?? []], (string)choice["finish_reason"]!, requestId);
        }

        var choices = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[..^1].Select(frame => JsonNode.Parse(frame["data: ".Length..])!["choices"]![0]!).ToList();
        var calls = new List<JsonNode>();
        foreach (var piece in choices.SelectMany(choice => choice["delta"]!["tool_calls"]?.AsArray() ?? []))
        {
            if ((int)piece!["index"]! == calls.Count)
            {
                var whole = piece.DeepClone().AsObject();
                whole.Remove("index");
                calls.Add(whole);
            }
            else
            {
                var function = calls[(int)piece["index"]!]["function"]!;
                function["arguments"] = (string)function["arguments"]! + (string)piece["function"]!["arguments"]!;
            }
        }

        return (string.Concat(choices.Select(choice => (string?)choice["delta"]!["content"])), calls, (string)choices[^1]["finish_reason"]!, requestId);
    }
}
