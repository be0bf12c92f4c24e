using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Templates;

/// <summary>The templates of known models over the conversations that matter: our text is the text of @huggingface/jinja, letter by letter.</summary>
public sealed class ModelTemplateTests(ModelTemplateTests.Opinion opinion) : IClassFixture<ModelTemplateTests.Opinion>
{
    private const string Tool = """
        {"type": "function", "function": {"name": "get_weather", "description": "Says \"how\" the weather is <here> & now: ☀", "parameters":
        {"type": "object", "properties": {"city": {"type": "string", "description": "A city"}, "days": {"type": "integer", "minimum": 1, "enum": [1, 2, 3]}, "units": {"type": ["string", "null"]}}, "required": ["city"], "additionalProperties": false}}}
        """;

    private const string Call = """{"id": "abcdefgh1", "type": "function", "function": {"name": "get_weather", "arguments": {"city": "Zürich", "days": 2}}}""";

    private static readonly Dictionary<string, string> Conversations = new()
    {
        ["user"] = """[{"role": "user", "content": "  Hello 👋 \n"}]""",
        ["system"] = """[{"role": "system", "content": "Be brief.\n"}, {"role": "user", "content": "Hi"}]""",
        ["many turns"] = """
            [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "1"}, {"role": "assistant", "content": "one"}, {"role": "user", "content": "2"},
             {"role": "assistant", "content": "<think>\nhm\n</think>\n\ntwo"}, {"role": "user", "content": "3"}, {"role": "assistant", "content": "three"}, {"role": "user", "content": "4"}]
            """,
        ["out of turn"] = """[{"role": "user", "content": "1"}, {"role": "user", "content": "2"}]""",
        ["tool result"] = $$"""[{"role": "user", "content": "Weather?"}, {"role": "assistant", "content": "", "tool_calls": [{{Call}}]}, {"role": "tool", "name": "get_weather", "tool_call_id": "abcdefgh1", "content": "{\"sky\": \"clear\"}"}]""",
        ["tool result and further"] = $$"""
            [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Weather?"}, {"role": "assistant", "content": "I look.", "tool_calls": [{{Call}}]},
             {"role": "tool", "name": "get_weather", "tool_call_id": "abcdefgh1", "content": "clear"}, {"role": "assistant", "content": "It is clear."}, {"role": "user", "content": "Thanks"}]
            """,
        ["two calls"] = $$"""
            [{"role": "user", "content": "Weather?"}, {"role": "assistant", "content": "", "tool_calls": [{{Call}}, {{Call}}]}, {"role": "tool", "tool_call_id": "abcdefgh1", "content": "clear"},
             {"role": "tool", "tool_call_id": "abcdefgh1", "content": "rain"}]
            """,
    };

    public static TheoryData<string, string, bool> Cases()
    {
        var cases = new TheoryData<string, string, bool>();
        foreach (var template in (string[])["qwen-2.5", "qwen-3", "mistral-nemo", "llama-3", "gemma-2", "gemma-3"])
            foreach (var conversation in Conversations.Keys)
                foreach (var tools in (bool[])[false, true])
                    cases.Add(template, conversation, tools);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Template_OfAModel_WritesWhatTheSecondOpinionWrites(string name, string conversation, bool tools)
    {
        var template = TemplateOpinion.Template(name);
        var values = new JsonObject
        {
            ["messages"] = JsonNode.Parse(Conversations[conversation]), ["tools"] = tools ? JsonNode.Parse($"[{Tool}, {Tool}]") : null,
            ["bos_token"] = "<s>", ["eos_token"] = "</s>", ["add_generation_prompt"] = true, ["date_string"] = "4 Mar 2026",
        };
        var (expected, error) = await opinion.Asked.RenderAsync(template, values);
        var text = Rendering.TryRender(template, values, out var problem, out var raised);
        text.ShouldBe(expected, $"{problem} / {error}");
        if (text is null) raised.ShouldBeTrue(problem); // only where the template itself refuses
    }

    public sealed class Opinion : IAsyncLifetime
    {
        internal TemplateOpinion Asked { get; } = new();

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync() => await Asked.DisposeAsync();
    }
}
