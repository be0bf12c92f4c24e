using System.Text.Json.Nodes;
using FedAi.Daemon.Cli.Setup;
using FedAi.Daemon.Hosting;

namespace FedAi.Tests.Daemon.Cli;

public sealed class ConfigEditTests
{
    public static TheoryData<string, string, string, string> Edits { get; } = new()
    {
        { "{\n}\n", "network", "\"test\"", "{\n  \"network\": \"test\"\n}\n" },
        { "{}", "node.maxTokens", "7", "{\n  \"node\": {\n    \"maxTokens\": 7\n  }\n}" },
        { "{\n  // mine\n  \"network\": \"a\", // stays\n}\n", "network", "\"b\"", "{\n  // mine\n  \"network\": \"b\", // stays\n}\n" },
        { "{\n  \"network\": \"a\",\n}\n", "node.pricing.inputMsat", "3", "{\n  \"node\": {\n    \"pricing\": {\n      \"inputMsat\": 3\n    }\n  },\n  \"network\": \"a\",\n}\n" },
        { "{ \"node\": { \"roles\": [\"prepost_node\", /* both */ \"policy_node\"], \"maxTokens\": 5 } }", "node.roles", "[]", "{ \"node\": { \"roles\": [], \"maxTokens\": 5 } }" },
        { "{ \"node\": { \"pricing\": {} }, \"network\": \"é\" }", "node.pricing.inputMsat", "1", "{ \"node\": { \"pricing\": {\n      \"inputMsat\": 1\n    } }, \"network\": \"é\" }" },
        { "{ \"relays\": { \"bootstrap\": [{ }] }, \"node\": { // empty\n } }", "node.maxTokens", "1", "{ \"relays\": { \"bootstrap\": [{ }] }, \"node\": {\n    \"maxTokens\": 1\n  // empty\n } }" },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void Set_OneValue_LeavesTheRestAsItStands(string text, string key, string value, string expected) =>
        ConfigEdit.Set(text, key, JsonNode.Parse(value)!).ShouldBe(expected);

    [Fact]
    public void Set_EveryOptionOneAfterTheOther_IsReadBackAsItWas()
    {
        var text = ConfigEdit.Empty;
        var values = OptionsReader.Values(new FedAiOptions()).Where(option => option.Value is not null).ToList();
        foreach (var (key, value) in values) text = ConfigEdit.Set(text, key, value!.DeepClone());
        foreach (var (key, value) in values) text = ConfigEdit.Set(text, key, value!.DeepClone());

        var read = OptionsReader.Read(text, "fedai.json", [], []);
        read.Problems.ShouldBeEmpty();
        read.Origins.Keys.ShouldBe(values.Select(option => option.Key), ignoreOrder: true);
    }
}
