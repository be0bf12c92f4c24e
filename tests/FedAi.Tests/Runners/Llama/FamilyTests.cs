using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;
using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

/// <summary>
/// Models of each family with random weights, at the real fedai-llama: what they write by themselves is noise, so whatever is valid
/// is so because of the grammar. ajv, not our code, says whether it is.
/// </summary>
public sealed class FamilyTests : IAsyncLifetime
{
    private const string Schema = """
        {"type": "object", "properties": {
          "city": {"type": "string", "minLength": 1},
          "units": {"enum": ["celsius", "fahrenheit", "kelvin", 3, null]},
          "days": {"type": "integer", "minimum": 1, "maximum": 14},
          "limit": {"type": "number", "exclusiveMinimum": -2.5, "maximum": 7},
          "note": {"type": ["string", "null"], "maxLength": 20},
          "when": {"type": "string", "format": "date-time"},
          "code": {"type": "string", "pattern": "^[A-Z]{2}-\\d{1,3}$"},
          "places": {"type": "array", "minItems": 1, "maxItems": 4, "items": {"$ref": "#/$defs/place"}},
          "mode": {"const": "fast \"one\""},
          "kind": {"anyOf": [{"type": "boolean"}, {"type": "object", "properties": {"depth": {"type": "integer"}}, "required": ["depth"], "additionalProperties": false}]},
          "labels": {"type": "object", "additionalProperties": {"type": "integer"}}},
         "required": ["city", "days", "places", "mode", "code"], "additionalProperties": false,
         "$defs": {"place": {"type": "object", "properties": {"name": {"type": "string"}, "inner": {"type": "array", "items": {"$ref": "#/$defs/place"}}}, "required": ["name"], "additionalProperties": false}}}
        """;

    private static readonly JsonElement Tools = JsonElement.Parse($$"""
        [{"type": "function", "function": {"name": "now", "description": "The time"} },
         {"type": "function", "function": {"name": "get_weather", "description": "Weather of a place", "parameters": {{Schema}} } }]
        """);

    private static readonly JsonElement ThisOne = JsonElement.Parse("""{"type": "function", "function": {"name": "get_weather"}}""");

    private readonly TempFolder folder = new();
    private readonly TemplateOpinion opinion = new();

    public static TheoryData<string, string, int> Families => new()
    {
        { "llama", "llama-3", 15 }, { "llama", "mistral-nemo", 15 }, { "qwen2", "qwen-2.5", 15 }, { "qwen3", "qwen-3", 100 }, { "gemma2", "gemma-2", 15 }, { "gemma3", "gemma-3", 15 },
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await opinion.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Families))]
    public async Task ForcedCall_AnySeed_HasArgumentsOfTheSchema(string family, string template, int seeds)
    {
        await using var runner = await StartAsync(family, template);
        runner.Models.ShouldHaveSingleItem().Features.ShouldBe([ModelFeatures.Embeddings, ModelFeatures.Json, ModelFeatures.Tools]);
        var request = DemoModel.Ask("What is the weather?") with { Tools = Tools, ToolChoice = ThisOne, MaxTokens = 250, Temperature = 1, CacheKey = "tools" };
        var answers = await AnswersAsync(runner, request, seeds);
        foreach (var answer in answers)
        {
            answer.Text.ShouldBeEmpty();
            answer.Calls.ShouldHaveSingleItem().Name.ShouldBe("get_weather");
            answer.End.ToolCalls.ShouldBe(answer.Calls);
            answer.End.FinishReason.ShouldBeOneOf("tool_calls", "length");
        }
        await ValidAsync(Schema, answers, answer => answer.Calls[0].Arguments);
        answers.Select(answer => answer.Calls[0].Arguments).Distinct().Count().ShouldBeGreaterThan(seeds / 2, "within the grammar the model still chooses");
    }

    [Fact]
    public async Task JsonSchema_AnySeed_IsKept()
    {
        await using var runner = await StartAsync("llama", "llama-3");
        var format = JsonElement.Parse($$"""{"type": "json_schema", "json_schema": {"name": "weather", "strict": true, "schema": {{Schema}} } }""");
        var answers = await AnswersAsync(runner, DemoModel.Ask("Weather?") with { ResponseFormat = format, MaxTokens = 250, Temperature = 1 }, 50);
        answers.ShouldAllBe(answer => answer.Calls.Count == 0);
        await ValidAsync(Schema, answers, answer => answer.Text);

        answers = await AnswersAsync(runner, DemoModel.Ask("Weather?") with { ResponseFormat = JsonElement.Parse("""{"type": "json_object"}"""), MaxTokens = 200, Temperature = 1 }, 20);
        await ValidAsync("""{"type": "object"}""", answers, answer => answer.Text);
    }

    /// <summary>One of each way in which models write calls.</summary>
    public static TheoryData<string, string> CallingFamilies => new() { { "llama", "llama-3" }, { "qwen3", "qwen-3" }, { "llama", "mistral-nemo" } };

    [Theory]
    [MemberData(nameof(CallingFamilies))]
    public async Task Required_OfSeveralTools_CallsOneWithArgumentsOfItsSchemaInAHundredOfAHundredSeeds(string family, string template)
    {
        await using var runner = await StartAsync(family, template);
        var answers = await AnswersAsync(runner, DemoModel.Ask("?") with { Tools = Tools, ToolChoice = JsonElement.Parse("\"required\""), MaxTokens = 250, Temperature = 1, CacheKey = "tools" }, 100);
        answers.Select(answer => answer.Calls.ShouldHaveSingleItem().Name).Distinct().Order().ShouldBe(["get_weather", "now"]);
        answers.Where(answer => answer.Calls[0].Name == "now").ShouldAllBe(answer => answer.Calls[0].Arguments == "{}" && answer.End.FinishReason == "tool_calls");
        await ValidAsync(Schema, [.. answers.Where(answer => answer.Calls[0].Name == "get_weather")], answer => answer.Calls[0].Arguments);
    }

    [Fact]
    public async Task Auto_WhichTheModelNeverUses_LeavesItsText()
    {
        await using var runner = await StartAsync("qwen2", "qwen-2.5");
        var answers = await AnswersAsync(runner, DemoModel.Ask("?") with { Tools = Tools, MaxTokens = 40, Temperature = 1 }, 5);
        answers.ShouldAllBe(answer => answer.Calls.Count == 0 && answer.Text.Length > 0);
    }

    [Fact]
    public async Task DemoModel_ForcedToCall_HasArgumentsOfTheSchema()
    {
        const string schema = """{"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}}, "required": ["city"], "additionalProperties": false}""";
        await using var runner = await DemoModel.StartAsync();
        var tools = JsonElement.Parse($$"""[{"type": "function", "function": {"name": "get_weather", "parameters": {{schema}} } }]""");
        var request = DemoModel.Ask("Weather?") with { Tools = tools, ToolChoice = JsonElement.Parse("\"required\""), MaxTokens = 120, Temperature = 1 };
        var answers = await AnswersAsync(runner, request, 20);
        await ValidAsync(schema, answers, answer => answer.Calls.ShouldHaveSingleItem().Arguments);
    }

    private async Task ValidAsync(string schema, IReadOnlyList<Answer> answers, Func<Answer, string> json)
    {
        var problems = await opinion.ValidateAsync(schema, answers.Select(json));
        answers.Zip(problems).Where(pair => pair.Second.Length > 0).Select(pair => $"{pair.Second}: {json(pair.First)} ({pair.First.End.FinishReason}, {pair.First.End.InputTokens} + {pair.First.End.OutputTokens} tokens)").ShouldBeEmpty();
    }

    private async Task<LlamaRunner> StartAsync(string family, string template)
    {
        var file = folder.File($"{family}-{template}.gguf");
        TinyGguf.WriteFamily(file, family, TemplateOpinion.Template(template));
        return await DemoModel.StartAsync(new() { ModelPath = file, ModelId = DemoModel.Id });
    }

    private static async Task<IReadOnlyList<Answer>> AnswersAsync(LlamaRunner runner, InferenceRequest request, int seeds)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        return await Task.WhenAll(Enumerable.Range(1, seeds).Select(async seed =>
        {
            var events = await runner.StreamAsync(request with { Seed = seed, RequestId = $"seed-{seed}" }, patience.Token).ToListAsync(patience.Token);
            if (events[^1] is InferenceFailure failure) throw new InvalidOperationException($"{failure.Refusal.Code}: {failure.Refusal.Hint}");
            var deltas = events.OfType<InferenceDelta>().ToList();
            var calls = ToolCalls.Join(deltas.SelectMany(delta => delta.ToolCalls ?? [])).ShouldNotBeNull();
            return new Answer(string.Concat(deltas.Select(delta => delta.Text)), calls, events[^1].ShouldBeOfType<InferenceEnd>());
        }));
    }

    private sealed record Answer(string Text, IReadOnlyList<ToolCall> Calls, InferenceEnd End);
}
