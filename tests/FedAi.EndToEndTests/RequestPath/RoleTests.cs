using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>The roles that need no model, on a node that has none: quoted, routed, metered and signed like every other request.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private TestFederation federation = null!;
    private TestDaemon node = null!;
    private WireClient client = null!;

    public async Task InitializeAsync()
    {
        federation = await TestFederation.StartAsync();
        node = await TestDaemon.StartAsync(Role.Node, new FedAiOptions
        {
            Node = new NodeOptions
            {
                Routers = [$"{federation.Router.Key.PublicKey.Npub}@{federation.Router.Base}"],
                Roles = RoleTypes.Served,
                Pricing = new PricingOptions { InputMsat = 2, OutputMsat = 3 },
            },
            Runner = new RunnerOptions { Kind = RunnerKind.None },
        });
        await federation.WaitForAsync(() => federation.Directory.Find(node.Key.PublicKey) is { Descriptor.Capabilities.Count: 2 });
        client = new WireClient(federation.Router.Base, KeyPair.Generate());
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await node.DisposeAsync();
        await federation.DisposeAsync();
    }

    [Theory]
    [InlineData(RoleTypes.Prepost, RouterJobType.ToolCall, """{"op":"sanitise","text":"a\u0000b"}""", """{"text":"ab","removed":1}""")]
    [InlineData(RoleTypes.Policy, RouterJobType.Moderate, """{"op":"decide","subject":"npub1x","deny":["npub1x"]}""", """{"decision":"deny","rule":"deny-list","reason":"the subject stands on the deny list"}""")]
    public async Task Job_ThroughTheRouter_GivesAVerifiedMeteringRecordInBothBooks(string role, RouterJobType type, string job, string output)
    {
        var request = WireClient.Ask(role, job, 64) with { JobType = type };

        var (status, body) = await client.PostAsync("infer", request, ProtocolJson.Default.InferenceRequest);

        status.ShouldBe(HttpStatusCode.OK, body);
        var final = JsonSerializer.Deserialize(body, ProtocolJson.Default.InferenceStreamFinal)!;
        SignedResult.TryOpen(final, node.Key.PublicKey, out var result, out var refusal).ShouldBeTrue(refusal?.ToString());
        MeteringRules.Check(request, result!, node.Key.PublicKey.Npub, WireClient.Now).ShouldBeNull();
        result.Response.Output.ShouldBe(output);
        result.Metering.PriceMsat.ShouldBe(2 * TokenEstimate.Of(job) + 3 * TokenEstimate.Of(output));
        foreach (var daemon in new[] { node, federation.Router })
            (await Patience.ForAsync(() => daemon.Services.GetRequiredService<MeteringTable>().Get(request.RequestId) is { Count: > 0 } rows ? rows : null)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Job_ForwardedAsAStream_ArrivesToo()
    {
        using var answer = await client.StreamAsync(WireClient.Ask(RoleTypes.Prepost, """{"op":"format","as":"json","text":"so: {\"a\":1}"}"""));
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldContain("""\"found\":true""");
        text.ShouldContain("event: final");
    }

    [Fact]
    public async Task Job_ThatIsNone_IsA400AndCostsTheNodeNothing()
    {
        for (var i = 0; i < 4; i++)
        {
            var (status, body) = await client.PostAsync("infer", WireClient.Ask(RoleTypes.Prepost, "no job"), ProtocolJson.Default.InferenceRequest);
            status.ShouldBe(HttpStatusCode.BadRequest, body);
            WireClient.ErrorOf(body).ShouldBe("invalid-request");
        }

        federation.Directory.Find(node.Key.PublicKey)!.Load.Observe(WireClient.Now).FailuresInRow.ShouldBe(0);
    }

    [Fact]
    public async Task Quote_ForARole_HasItsPrice()
    {
        var quote = new QuoteRequest { RequestId = "q1", ModelId = RoleTypes.Policy, MaxTokens = 100, InputTokensEstimate = 10, OutputTokensEstimate = 100, JobType = RouterJobType.Moderate };
        var (status, body) = await client.PostAsync("quote", quote, ProtocolJson.Default.QuoteRequest);

        status.ShouldBe(HttpStatusCode.OK, body);
        ((double?)JsonNode.Parse(body)!["quote"]!["payload"]!["price"]!["total"]).ShouldBe(0.32);
    }

    [Fact]
    public async Task AnyModel_MeansAModel_NeverARole()
    {
        var (status, body) = await client.PostAsync("infer", WireClient.Ask("auto"), ProtocolJson.Default.InferenceRequest);
        WireClient.ErrorOf(body).ShouldBe("model-not-found");
        status.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync("v1/models")).ShouldNotContain("_node");
    }

    [Fact]
    public async Task Chat_NamingARole_RunsTheLastMessage()
    {
        using var http = new HttpClient { BaseAddress = federation.Router.Base };
        using var answer = await http.PostAsync("v1/chat/completions", new StringContent(
            """{"model":"prepost_node","max_tokens":50,"messages":[{"role":"system","content":"x"},{"role":"user","content":"{\"op\":\"chunk\",\"text\":\"ab\"}"}]}"""));

        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        ((string?)JsonNode.Parse(body)!["choices"]![0]!["message"]!["content"]).ShouldBe("""{"chunks":["ab"]}""");
    }

    [Fact]
    public async Task Status_OfANodeWithRolesOnly_IsReady()
    {
        using var http = new HttpClient { BaseAddress = node.Base };
        var status = JsonNode.Parse(await http.GetStringAsync("status"))!;
        ((bool?)status["runner"]!["health"]!["ok"]).ShouldBe(true);
        status["models"]!.AsArray().Select(model => (string?)model).ShouldBe(["prepost_node", "policy_node"]);
    }
}
