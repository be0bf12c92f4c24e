using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using Microsoft.Extensions.Logging;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class OptionsReaderTests
{
    [Fact]
    public void Read_Nothing_GivesTheDefaults() => Effective(Read()).ShouldBe(Effective(new FedAiOptions()));

    [Fact]
    public void Read_OneKeyOfASection_KeepsTheSectionsOtherDefaults()
    {
        var options = Read("""{ "node": { "maxTokens": 7, "pricing": { "outputMsat": 3 } } }""");

        Effective(options).ShouldBe(Effective(new FedAiOptions() with { Node = new() { MaxTokens = 7, Pricing = new() { OutputMsat = 3 } } }));
    }

    [Fact]
    public void Read_SameKeyEverywhere_FlagBeatsEnvironmentBeatsFile()
    {
        const string file = """{ "node": { "maxTokens": 1, "maxConcurrency": 1, "region": "EU" } }""";
        KeyValuePair<string, string>[] environment = [new("FEDAI__node__maxTokens", "2"), new("FEDAI__NODE__MAXCONCURRENCY", "2")];

        var node = Read(file, environment, [new("node.maxTokens", "3")]).Node;

        (node.MaxTokens, node.MaxConcurrency, node.Region).ShouldBe((3, 2, "EU"));
    }

    [Fact]
    public void Read_EveryKnobGivenAsText_GivesTheSameOptions()
    {
        var defaults = JsonSerializer.SerializeToNode(new FedAiOptions() with { Node = new() { Region = "EU" } }, OptionsJson.Default.FedAiOptions)!.AsObject();
        var flags = Leaves(defaults, "").Where(leaf => leaf.Value is not null).Select(leaf => KeyValuePair.Create(leaf.Path, Text(leaf.Value!))).ToList();

        flags.Count.ShouldBeGreaterThan(20);
        Effective(Read(flags: flags)).ShouldBe(defaults.ToJsonString());
    }

    [Theory]
    [InlineData("""{ "node": { "maxTokns": 1 } }""", "fedai.json: unknown key node.maxTokns (did you mean node.maxTokens?)")]
    [InlineData("""{ "nod": { "maxTokens": 1 } }""", "fedai.json: unknown key nod (did you mean node?)")]
    [InlineData("""{ "zebra": 1 }""", "fedai.json: unknown key zebra")]
    [InlineData("""{ "Network": "x" }""", "fedai.json: unknown key Network (did you mean network?)")]
    [InlineData("""{ "node": 1 }""", "fedai.json: node is a section; expected {…}")]
    [InlineData("""{ "node": { "maxTokens": "many" } }""", "fedai.json: node.maxTokens must be a whole number")]
    [InlineData("""{ "node": { "maxTokens": 1.5 } }""", "fedai.json: node.maxTokens must be a whole number")]
    [InlineData("""{ "node": { "maxTokens": null } }""", "fedai.json: node.maxTokens must be a whole number")]
    [InlineData("""{ "http": { "allowPlain": "yes" } }""", "fedai.json: http.allowPlain must be true or false")]
    [InlineData("""{ "http": { "allowPrivate": 1 } }""", "fedai.json: http.allowPrivate must be one of none, loopback, lan")]
    [InlineData("""{ "http": { "allowPrivate": "wan" } }""", "fedai.json: http.allowPrivate must be one of none, loopback, lan")]
    [InlineData("""{ "relays": { "bootstrap": "wss://a.example" } }""", "fedai.json: relays.bootstrap must be a list of texts")]
    [InlineData("""{ "relays": { "bootstrap": [null] } }""", "fedai.json: relays.bootstrap must be a list of texts")]
    [InlineData("""[]""", "fedai.json: expected one JSON object {…}")]
    public void Read_FileWithAFault_NamesIt(string file, string problem) => Problems(file).ShouldBe([problem]);

    [Theory]
    [InlineData("{\n  \"node\": {\n    oops\n", "line 3")]
    [InlineData("""{ "network": "a", "network": "b" }""", "Duplicate property 'network'")]
    public void Read_FileThatIsNoJson_NamesThePlace(string file, string place) => Problems(file).ShouldHaveSingleItem().ShouldContain(place);

    [Fact]
    public void Read_CommentsAndTrailingCommas_AreFine() =>
        Read("""
            {
              // the test federation
              "network": "test",
            }
            """).Network.ShouldBe("test");

    [Fact]
    public void Read_SeveralFaults_ReportsAllTogether()
    {
        var problems = Problems("""{ "zebra": 1, "log": { "level": "loud" }, "store": { "meteringDays": 0 } }""", [new("FEDAI__htp__listen", "x"), new("FEDAI_VECTORS", "not ours")], [new("node", "1"), new("node.maxTokens", "x")]);

        problems.ShouldBe(
        [
            "fedai.json: unknown key zebra",
            "fedai.json: log.level must be one of trace, debug, information, warning, error, critical, none",
            "environment FEDAI__htp__listen: unknown key htp.listen (did you mean http.listen?)",
            "flag node: unknown key node (did you mean node?)",
            "flag node.maxTokens: node.maxTokens must be a whole number",
            "store.meteringDays must be 1 to 36500",
        ]);
    }

    [Fact]
    public void Read_SeveralSources_TellsWhichOneSetAValue()
    {
        var origins = OptionsReader.Read("""{ "node": { "maxTokens": 1, "region": "EU" } }""", "fedai.json", [new("FEDAI__NODE__MAXTOKENS", "2")], [new("Node.Pricing.inputmsat", "3")]).Origins;

        origins.ShouldBe(new Dictionary<string, string>
        {
            ["node.maxTokens"] = "environment FEDAI__NODE__MAXTOKENS", ["node.region"] = "fedai.json", ["node.pricing.inputMsat"] = "flag Node.Pricing.inputmsat",
        }, ignoreOrder: true);
    }

    [Fact]
    public void Read_ListsAndEnumsAsText_AreUnderstood()
    {
        var options = Read(flags: [new("relays.bootstrap", "wss://a.example, wss://b.example"), new("relays.publish", """["wss://c.example"]"""), new("http.allowPrivate", "LAN"), new("log.level", "debug")]);

        options.Relays.Bootstrap.ShouldBe(["wss://a.example", "wss://b.example"]);
        options.Relays.Publish.ShouldBe(["wss://c.example"]);
        options.Http.AllowPrivate.ShouldBe(PrivateNetworks.Lan);
        options.Log.Level.ShouldBe(LogLevel.Debug);
    }

    [Theory]
    [InlineData("http://127.0.0.1:11434/v1")]
    [InlineData("""[{"uri":"http://127.0.0.1:11434/v1"}]""")]
    [InlineData("""[{"url":7}]""")]
    [InlineData("[null]")]
    public void Read_UpstreamsOfAnotherShape_SaysWhatTheyLookLike(string value) =>
        Problems("{}", flags: [new("runner.upstreams", value)]).ShouldHaveSingleItem().ShouldContain("must be a list of {url, apiKeyFile, models");

    private static string Effective(FedAiOptions options) => JsonSerializer.Serialize(options, OptionsJson.Default.FedAiOptions);

    private static FedAiOptions Read(string? file = null, IEnumerable<KeyValuePair<string, string>>? environment = null, IEnumerable<KeyValuePair<string, string>>? flags = null)
    {
        var result = OptionsReader.Read(file, "fedai.json", environment ?? [], flags ?? []);
        result.Problems.ShouldBeEmpty();
        return result.Options.ShouldNotBeNull();
    }

    private static IReadOnlyList<string> Problems(string file, IEnumerable<KeyValuePair<string, string>>? environment = null, IEnumerable<KeyValuePair<string, string>>? flags = null)
    {
        var result = OptionsReader.Read(file, "fedai.json", environment ?? [], flags ?? []);
        result.Options.ShouldBeNull();
        return result.Problems;
    }

    private static IEnumerable<(string Path, JsonNode? Value)> Leaves(JsonObject section, string path) => section.SelectMany(member =>
        member.Value is JsonObject inner ? Leaves(inner, $"{path}{member.Key}.") : [(path + member.Key, member.Value)]);

    private static string Text(JsonNode value) => value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
}
