using System.Text.Json;
using FedAi.LlamaHost;
using FedAi.Runners.Llama.Pipe;
using FedAi.Runners.Templates;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.LlamaHost;

/// <summary>What a template writes says how its model calls tools; a way that nobody knows means no tools.</summary>
public sealed class ToolSyntaxProbeTests
{
    [Theory]
    [InlineData("qwen-2.5", "Hermes")]
    [InlineData("qwen-3", "Hermes")]
    [InlineData("mistral-nemo", "Mistral")]
    [InlineData("llama-3", "Llama3")]
    [InlineData("gemma-2", "Generic")]
    [InlineData("gemma-3", "Generic")]
    public void Template_OfAModel_SaysHowItCallsTools(string name, string syntax) => Find(TemplateOpinion.Template(name)).ShouldBe(syntax);

    [Fact]
    public void Template_ThatWritesCallsInAnUnknownWay_MeansNoTools() =>
        Find("{% for t in tools or [] %}{{ t | tojson }}{% endfor %}{% for m in messages %}{{ m.role }}: {{ m.content }}{% for c in m.tool_calls or [] %}CALL {{ c.function.name }} WITH {{ c.function.arguments | tojson }}{% endfor %}{% endfor %}").ShouldBeNull();

    [Theory]
    [InlineData("{% include 'x' %}")]
    [InlineData("{% if tools %}{{ tools }}{% endif %}{{ messages[0].content }}")]
    [InlineData("{{ messages[0].content | nope }}")]
    [InlineData("{{ raise_exception('never') }}")]
    public void Template_ThatCannotBeFollowed_MeansNoTools(string template) => Find(template).ShouldBeNull();

    [Fact]
    public void GenericTools_TellOfToolsCallsAndResults()
    {
        var tool = JsonElement.Parse("""{"type": "function", "function": {"name": "now"}}""");
        Message[] messages =
        [
            new("user", "Time?"), new("assistant", "") { ToolCalls = [new() { Id = "1", Name = "now", Arguments = "{}" }, new() { Id = "2", Name = "later", Arguments = "{\"a\":1}" }] },
            new("tool", "noon") { ToolCallId = "1" }, new("tool", "evening") { ToolCallId = "2" }, new("user", "Thanks"),
        ];
        var told = GenericTools.Tell(messages, [tool]);
        told.Select(message => message.Role).ShouldBe(["system", "user", "assistant", "user", "user"]);
        told[0].Content.ShouldContain("""{"name": "now"}""");
        told[2].Content.ShouldBe("{\"name\": \"now\", \"arguments\": {}}\n{\"name\": \"later\", \"arguments\": {\"a\":1}}");
        told[3].Content.ShouldBe("Result of now: noon\nResult of later: evening");
        GenericTools.Tell([new("system", "Be brief."), .. messages], [tool])[0].Content.ShouldStartWith("Be brief.\n\nYou can call");
    }

    private static string? Find(string source) => ChatTemplate.TryRead(source, out _) is not { } template ? null
        : ToolSyntaxProbe.Find((messages, tools) => template.TryRender(TemplateValues.TryWrite(messages, tools, new("<s>", "</s>", false))!, default, out _, out _))?.ToString();
}
