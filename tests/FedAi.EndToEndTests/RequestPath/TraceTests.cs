using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Gateway;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Messages;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary><c>fedai trace ID</c>: one id from the client to the node, and under it what each daemon did, without a word of what was asked or answered.</summary>
public sealed class TraceTests
{
    private const string Marker = "zanzibar-7261", Said = "the-answer-is-4711";

    private static readonly HttpClient Http = new();

    [Fact]
    public async Task Trace_OfASealedRequest_JoinsQuoteDispatchAndMeteringAtEveryDaemon()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner { Answer = _ => [Said, " is all."] });
        var node = federation.Nodes[0];
        using var folder = new TempFolder();
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions
        {
            Relays = new RelayOptions { Bootstrap = [$"ws://127.0.0.1:{federation.Router.Base.Port}/relay"] },
            Gateway = new GatewayOptions { Nodes = new GatewayNodesOptions { Allow = [node.Key.PublicKey.Npub] } },
        }, dataFolder: folder.Path);

        var id = await AskAsync(gateway, "PL2");
        JsonNode atRouter = null!;
        await Patience.UntilAsync(async () => (atRouter = await TraceAsync(federation.Router, id))["metering"]!.AsArray().Count > 0);
        var (atGateway, atNode) = (await TraceAsync(gateway, id), await TraceAsync(node, id));

        Steps(atGateway).ShouldBe([("quote", "quoted", federation.Router.Key.PublicKey.Npub), ("dispatch", "answered", federation.Router.Key.PublicKey.Npub)]);
        Steps(atRouter).ShouldBe([("quote", "quoted", node.Key.PublicKey.Npub), ("dispatch", "answered", node.Key.PublicKey.Npub)]);
        foreach (var trace in (JsonNode[])[atGateway, atRouter, atNode])
        {
            var record = trace["metering"]!.AsArray().ShouldHaveSingleItem()!;
            ((string)record["node"]!, (string)record["status"]!, (int)record["outputTokens"]!).ShouldBe((node.Key.PublicKey.Npub, "complete", 2));
            LeakSearch.Find(Encoding.UTF8.GetBytes(trace.ToJsonString()), Marker).ShouldBeNull();
            LeakSearch.Find(Encoding.UTF8.GetBytes(trace.ToJsonString()), Said).ShouldBeNull();
        }

        ((string)atRouter["metering"]![0]!["client"]!, (string)atNode["metering"]![0]!["client"]!).ShouldBe((gateway.Key.PublicKey.Npub, federation.Router.Key.PublicKey.Npub));
        ((string?)atRouter["receipts"]!.AsArray().ShouldHaveSingleItem()!["root"]).ShouldBeNull("its quarter of an hour is not over");

        var told = await Fedai.RunAsync("trace", "chatcmpl-" + id, "--data", folder.Path);
        told.ExitCode.ShouldBe(0, told.Errors);
        told.Output.ShouldContain("dispatch  answered after");
        told.Output.ShouldContain("complete, 7 tokens in, 2 out");
        var nothing = await Fedai.RunAsync("trace", "no-such-request", "--data", folder.Path);
        (nothing.ExitCode, nothing.Output).ShouldBe((1, ""));
        nothing.Errors.ShouldContain("nothing is known");
    }

    [Fact]
    public async Task Trace_OfARequestThatANodeFailed_NamesBothNodesAndWhy()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner { FailAt = -1, Failure = new(ErrorCode.RunnerUnavailable, "no") });
        await AskAsync(federation.Router, "PL1", expected: 503);
        await federation.AddNodeAsync(new ScriptedRunner());
        var ids = new List<string>();
        for (var i = 0; i < 6; i++) ids.Add(await AskAsync(federation.Router, "PL1"));

        // Which one is asked first is the ranking's to say; the failure may put the first node last at once.
        foreach (var id in ids)
        {
            var steps = Steps(await TraceAsync(federation.Router, id));
            steps[^1].ShouldBe(("dispatch", "answered", federation.Nodes[1].Key.PublicKey.Npub));
            foreach (var step in steps.SkipLast(1)) step.ShouldBe(("dispatch", "runner-unavailable", federation.Nodes[0].Key.PublicKey.Npub));
        }
    }

    [Fact]
    public async Task Trace_OfARecordWhoseQuarterHourIsOver_HasTheAnnouncedRoot()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        var table = router.Services.GetRequiredService<MeteringTable>();
        var ts = TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeMilliseconds();
        var row = new MeteringRow { RequestId = "old", Node = "npub1node", Model = "tiny", InputTokens = 1, OutputTokens = 1, WallMs = 1, Status = "complete", TsMs = ts, Envelope = "{\"payload\":1}"u8.ToArray() };
        (await table.AddAsync(row, Durability.Full)).ShouldBeNull();

        var receipt = (await TraceAsync(router, "old"))["receipts"]!.AsArray().ShouldHaveSingleItem()!;

        ((string)receipt["receiptId"]!).ShouldStartWith($"{ts / 900_000 * 900_000}-");
        ((string)receipt["root"]!).ShouldBe(Convert.ToHexStringLower(Protocol.Rules.MerkleTree.Root([Protocol.Rules.MerkleTree.Leaf(row.Envelope)])));
    }

    [Fact]
    public async Task Trace_OfARecordOfThisQuarterHour_SaysWhenItsRootWillBeAnnounced()
    {
        using var folder = new TempFolder();
        await using var router = await TestDaemon.StartAsync(Role.Router, dataFolder: folder.Path);
        var ts = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var row = new MeteringRow { RequestId = "new", Node = "npub1node", Model = "tiny", InputTokens = 1, OutputTokens = 1, WallMs = 1, Status = "complete", TsMs = ts, Envelope = "{\"payload\":1}"u8.ToArray() };
        (await router.Services.GetRequiredService<MeteringTable>().AddAsync(row, Durability.Full)).ShouldBeNull();

        (await Fedai.RunAsync("trace", "new", "--data", folder.Path)).Output.ShouldContain("to be announced about six minutes later");
    }

    private static async Task<string> AskAsync(TestDaemon daemon, string privacy, int expected = 200)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(daemon.Base, "v1/chat/completions"))
        {
            Content = new StringContent($$"""{"model":"scripted","messages":[{"role":"user","content":"{{Marker}}"}]}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("x-fedai-privacy", privacy);
        using var response = await Http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(expected, await response.Content.ReadAsStringAsync());
        return response.Headers.GetValues("x-request-id").Single();
    }

    private static async Task<JsonNode> TraceAsync(TestDaemon daemon, string id) => JsonNode.Parse(await Http.GetStringAsync(new Uri(daemon.Base, $"trace/{id}")))!;

    private static List<(string What, string Outcome, string Peer)> Steps(JsonNode trace) =>
        [.. trace["steps"]!.AsArray().Select(step => ((string)step!["what"]!, (string)step["outcome"]!, (string)step["peer"]!))];
}
