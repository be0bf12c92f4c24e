using System.Text.Json.Nodes;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Tests.Daemon.Cli;

public sealed class RelaysCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Relays_Directory_ListsItsRelaysWithScoreAndWhy()
    {
        await using var directory = await DirectoryServer.StartAsync(DirectoryServer.Text("""{"relays":["a.example",{"url":"wss://b.example","score":5,"latencyMs":400}]}"""));

        var result = await RunAsync("--aggregators", directory.Url.ToString(), "--trust-scores", "b.example=3");

        result.ExitCode.ShouldBe(0, result.Errors);
        result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .ShouldBe(["6 rw wss://b.example/ 5 by 127.0.0.1, +3 by your trust, -2 for 400 ms", "5 rw wss://a.example/ 5 for being named by 127.0.0.1"]);
        result.Errors.ShouldBe("", "progress is for terminals");
    }

    [Fact]
    public async Task Relays_Json_HoldsDescriptorsOptionsAndDirectories()
    {
        await using var directory = await DirectoryServer.StartAsync(DirectoryServer.Text("""{"c.example":{"score":9},"d.example":{"score":2}}"""));
        await using var broken = await DirectoryServer.StartAsync(DirectoryServer.Text("nothing"));

        var result = await RunAsync("--bootstrap", "wss://boot.example", "--aggregators", directory.Url.ToString(), broken.Url.ToString(), "--min-score", "3", "--max-results", "7", "--json");

        result.ExitCode.ShouldBe(0, result.Errors);
        result.Errors.ShouldContain("sends no JSON");
        var json = JsonNode.Parse(result.Output)!;
        json["relays"]!.AsArray().Select(relay => (string)relay!["url"]!).ShouldBe(["wss://c.example/", "wss://boot.example/"]);
        var first = json["relays"]![0]!;
        ((bool)first["read"]!, (bool)first["write"]!, (double)first["score"]!, (double)first["priority"]!).ShouldBe((true, true, 9, 4.5));
        ((int)json["options"]!["minScore"]!, (int)json["options"]!["maxResults"]!).ShouldBe((3, 7));
        json["directories"]!.AsArray().Select(one => (int)one!["relays"]!).ShouldBe([2, 0]);
    }

    /// <summary>Row RLD-07, by another's hands: the schema that the manifest's relay_discovery has.</summary>
    [Fact]
    public async Task Relays_Json_FitsThePublishedSchema()
    {
        await using var directory = await DirectoryServer.StartAsync(DirectoryServer.Text("""["a.example",{"url":"b.example","latencyMs":12,"read":false,"tags":["x"]}]"""));
        var schema = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(VectorFiles.Find("fedai.json"))!, "..", "..", "docs", "manifest.schema.json")))!["$defs"]!["relay_discovery"]!;
        var file = folder.File("schema.json");
        await File.WriteAllTextAsync(file, schema.ToJsonString());

        var good = (await RunAsync("--aggregators", directory.Url.ToString(), "--json")).Output;

        JsonNode.Parse(good)!["relays"]!.AsArray().Count.ShouldBe(2);
        await using var script = NodeScript.Start("schema.mjs");
        var verdicts = await script.AskAsync(new JsonObject
        {
            ["op"] = "check", ["file"] = file,
            ["texts"] = new JsonArray(good, good.Replace("\"read\":", "\"reads\":", StringComparison.Ordinal), good.Replace("\"latencyMs\":12", "\"latencyMs\":\"12\"", StringComparison.Ordinal)),
        });
        verdicts.AsArray().Select(problems => problems!.AsArray().Count > 0).ShouldBe([false, true, true]);
    }

    [Fact]
    public async Task Relays_MaxResults_ShowsTheBest()
    {
        await using var directory = await DirectoryServer.StartAsync(DirectoryServer.Text("""["a.example","b.example",{"url":"c.example","score":9}]"""));

        (await RunAsync("--aggregators", directory.Url.ToString(), "--max-results", "2")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Relays_Probe_SaysWhoAnswers()
    {
        await using var relay = await OwnRelay.StartAsync();
        var gone = await OwnRelay.StartAsync();
        await gone.DisposeAsync();

        var result = await RunAsync("--bootstrap", relay.Url.ToString(), gone.Url.ToString(), "--probe", "--json");

        var relays = JsonNode.Parse(result.Output)!["relays"]!.AsArray();
        relays.Select(one => (bool)one!["probe"]!["answers"]!).ShouldBe([true, false]);
        ((string?)relays[1]!["probe"]!["problem"]).ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Relays_NothingToAsk_SaysWhatToGive()
    {
        var result = await RunAsync();

        (result.ExitCode, result.Output).ShouldBe((2, ""));
        result.Errors.ShouldContain("--aggregators");
    }

    [Fact]
    public async Task Relays_EveryDirectoryIsDown_EndsWith75() =>
        (await RunAsync("--aggregators", "http://127.0.0.1:1/relays.json")).ExitCode.ShouldBe(75);

    [Fact]
    public async Task Routers_OnlyADirectoryIsKnown_FindsTheRouterThere()
    {
        await using var federation = await TestFederation.StartAsync();
        await federation.AddNodeAsync(new ScriptedRunner(), new NodeOptions { Pricing = new PricingOptions { InputMsat = 2, OutputMsat = 3 } });
        var router = federation.Router;
        await using var directory = await DirectoryServer.StartAsync(new UriBuilder(router.Base) { Scheme = "ws", Path = RelayEndpoints.Path }.Uri);
        // Of one announcement the status comes last, and what it said before the node came is that the router is full.
        await Patience.UntilAsync(() => router.Services.GetRequiredService<RelayHub>().Find([new NostrFilter { Kinds = new HashSet<int> { FedAiKinds.StatusAnnounce } }])
            .Any(status => ControlEvents.TryParse(status, out var message, out _) && message.Read(ProtocolJson.Default.StatusPayload)!.LoadSummary.BackpressureState is BackpressureState.Normal));

        var result = await Fedai.RunAsync("routers", "--data", folder.Path, "--aggregators", directory.Url.ToString(), "--set", "http.allowPrivate=loopback", "--json");

        result.ExitCode.ShouldBe(0, result.Errors);
        var found = JsonNode.Parse(result.Output)!["routers"]![0]!;
        ((string)found["npub"]!).ShouldBe(router.Key.PublicKey.Npub);
        ((string)found["endpoint"]!).ShouldBe(router.Base.ToString());
        found["models"]!.AsArray().Select(model => (string)model!).ShouldBe(["scripted"]);
        ((long)found["priceMsat"]!).ShouldBe(1000 * 2 + 1000 * 3);
        ((string)found["load"]!).ShouldBe("normal");
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => Fedai.RunAsync(["relays", "--data", folder.Path, .. arguments]);
}
