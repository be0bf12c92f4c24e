using System.Text.Json;
using System.Text.RegularExpressions;
using FedAi.Runners.Grammars;
using FedAi.Runners.Calls;

namespace FedAi.Tests.Runners.Grammars;

/// <summary>What schemas become, what is refused and with which place; that the answers fit is shown with the real runner.</summary>
public sealed partial class AnswerGrammarTests
{
    /// <summary>A schema that no grammar can promise, and the place that the refusal names.</summary>
    public static TheoryData<string, string> Refused => new()
    {
        { """{"not": {}}""", "#/not" },
        { """{"properties": {"a": {"if": {}}}}""", "#/properties/a/if" },
        { """{"properties": {"a": {"items": {"type": "nope"}, "type": "array"}}}""", "#/properties/a/items/type" },
        { """{"allOf": [{}, {}]}""", "#/allOf" },
        { """{"$ref": "#/$defs/nope"}""", "#/$ref" },
        { """{"$ref": "other.json"}""", "#/$ref" },
        { """{"type": "object", "required": ["a"]}""", "#/required" },
        { """{"type": "object", "properties": {"a": {}}, "required": ["b"]}""", "#/required" },
        { """{"type": "array", "uniqueItems": true}""", "#/uniqueItems" },
        { """{"type": "array", "minItems": 3, "maxItems": 2}""", "#/maxItems" },
        { """{"type": "string", "minLength": 3, "maxLength": 2}""", "#/maxLength" },
        { """{"type": "string", "pattern": "^(?=a)b$"}""", "#/pattern" },
        { """{"type": "string", "pattern": "^[a-z]+$", "maxLength": 3}""", "#/pattern" },
        { """{"type": "string", "pattern": "(a"}""", "#/pattern" },
        { """{"type": "string", "pattern": "a)"}""", "#/pattern" },
        { """{"type": "string", "pattern": "[z-a]"}""", "#/pattern" },
        { """{"type": "string", "pattern": "\"quoted\""}""", "#/pattern" },
        { """{"type": "string", "format": "uuid", "maxLength": 3}""", "#/format" },
        { """{"type": "integer", "minimum": 3, "maximum": 2}""", "#" },
        { """{"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 4}""", "#" },
        { """{"type": "number", "multipleOf": 0.5}""", "#/multipleOf" },
        { """{"type": "number", "minimum": 1e300}""", "#/minimum" },
        { """{"enum": []}""", "#/enum" },
        { """{"anyOf": []}""", "#/anyOf" },
        { """{"anyOf": [{"type": "string"}], "minLength": 3}""", "#/minLength" },
        { """{"$ref": "#"}""", "#" },
        { """{"type": "object", "properties": {"self": {"$ref": "#"}}, "required": ["self"]}""", "#" },
        { """{"type": "object", "propertyNames": {"type": "string", "minLength": 1}}""", "#/propertyNames" },
        { """{"type": "object", "propertyNames": {"enum": ["a"]}}""", "#/propertyNames" },
        { """{"type": "object", "propertyNames": false}""", "#/propertyNames" },
        { "false", "#" },
        { "3", "#" },
        { """{"type": "string", "maxLength": -1}""", "#/maxLength" },
        { """{"type": "array", "minItems": 100000}""", "#" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Schema_ThatCannotBePromised_IsRefusedWithItsPlace(string schema, string place)
    {
        AnswerGrammar.TryWrite(JsonElement.Parse(schema), [], ToolSyntax.Generic, many: false, out var refusal).ShouldBeNull();
        refusal!.Hint.ShouldNotBeNull().ShouldStartWith($"response_format: {place}: ");
    }

    /// <summary>What zod 4 makes of an object with records: <c>z.object({ name: z.string(), counts: z.record(z.string(), z.number().int()), tags: z.record(z.string(), z.array(z.string())).optional(), any: z.record(z.string(), z.unknown()) })</c>.</summary>
    [Fact]
    public void Schema_OfZod4WithRecords_IsWritten()
    {
        const string schema = """
            {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"name":{"type":"string"},
            "counts":{"type":"object","propertyNames":{"type":"string"},"additionalProperties":{"type":"integer","minimum":-9007199254740991,"maximum":9007199254740991}},
            "tags":{"type":"object","propertyNames":{"type":"string"},"additionalProperties":{"type":"array","items":{"type":"string"}}},
            "any":{"type":"object","propertyNames":{"type":"string"},"additionalProperties":{}}},"required":["name","counts","any"],"additionalProperties":false}
            """;

        AnswerGrammar.TryWrite(JsonElement.Parse(schema), [], ToolSyntax.Generic, many: false, out var refusal).ShouldNotBeNull(refusal?.Hint);
        foreach (var names in (string[])["true", "{}", """{"type": "string", "description": "x"}"""])
            AnswerGrammar.TryWrite(JsonElement.Parse($$"""{"type": "object", "propertyNames": {{names}}}"""), [], ToolSyntax.Generic, many: false, out _).ShouldNotBeNull(names);
    }

    [Fact]
    public void Schema_ThatExplodes_IsRefusedAtOnce()
    {
        string[] bombs =
        [
            Nested(200, inner => $$"""{"type": "array", "items": {{inner}}}"""),
            Nested(12, inner => $$$"""{"anyOf": [{"properties": {"a": {{{inner}}} }}, {"properties": {"a": {{{inner}}} }}]}"""),
            $$"""{"type": "object", "properties": { {{string.Join(", ", Enumerable.Range(0, 300).Select(i => $"\"p{i}\": true"))}} } }""",
            $$"""{"enum": [{{string.Join(", ", Enumerable.Range(0, 2000))}}]}""",
            $$"""{"properties": { {{string.Join(", ", Enumerable.Range(0, 200).Select(i => $"\"p{i}\": {{\"maxLength\": {800 + i} }}"))}} } }""",
            $$"""{"type": "string", "pattern": "^{{new string('(', 100)}}a{{new string(')', 100)}}$"}""",
            $$"""{"description": "{{new string('x', 300_000)}}"}""",
        ];
        foreach (var bomb in bombs)
        {
            AnswerGrammar.TryWrite(JsonElement.Parse(bomb, new() { MaxDepth = 1000 }), [], ToolSyntax.Generic, many: false, out var refusal).ShouldBeNull(bomb[..60]);
            refusal!.Hint.ShouldNotBeNullOrEmpty();
        }
    }

    [Theory]
    [InlineData(0, 9)]
    [InlineData(0, 10)]
    [InlineData(7, 7)]
    [InlineData(7, 123)]
    [InlineData(99, 101)]
    [InlineData(-5, 5)]
    [InlineData(-120, -7)]
    [InlineData(-1, 0)]
    [InlineData(100, 999)]
    [InlineData(198, 2304)]
    public void Integers_BetweenBounds_AreExactlyThose(int least, int most)
    {
        var pattern = AsRegex(NumberRange.Integers(least, most)!);
        for (var number = least - 300; number <= most + 300; number++)
            pattern.IsMatch($"{number}").ShouldBe(number >= least && number <= most, $"{number}");
        foreach (var text in (string[])["", "-", "00", "-0", "01", "1.0", "+1"]) pattern.IsMatch(text).ShouldBeFalse(text);
    }

    [Theory]
    [InlineData(0, false, 1, false, "0 1 0.5 0.000001 0.999999", "-1 2 1.1 -0.5 0.0 01")]
    [InlineData(0, true, 1, true, "0.5", "0 1 -0.5 1.5")]
    [InlineData(0.5, false, 0.75, true, "0.500000 0.749999", "0.750000 0.499999 0 1 0.5")]
    [InlineData(-2, true, 2, false, "-1 -1.5 0 1.9 2", "-2 2.1 -2.5")]
    [InlineData(-3, false, -1, true, "-3 -2 -1.5 -2.5", "-1 -0.5 -3.5 0")]
    public void Numbers_BetweenBounds_AreOnlyThose(double least, bool leastExcluded, double most, bool mostExcluded, string inside, string outside)
    {
        var pattern = AsRegex(NumberRange.Numbers((decimal)least, leastExcluded, (decimal)most, mostExcluded)!);
        foreach (var text in inside.Split(' ')) pattern.IsMatch(text).ShouldBeTrue(text);
        foreach (var text in outside.Split(' ')) pattern.IsMatch(text).ShouldBeFalse(text);
    }

    [Fact]
    public void Call_OfATool_IsWrittenAsTheModelWritesCalls()
    {
        var tool = new ToolDefinition("now", JsonElement.Parse("""{"type": "object", "properties": {}}"""), default);
        foreach (var (syntax, begins) in ((ToolSyntax, string)[])[(ToolSyntax.Hermes, "\"<tool_call>\\n\""), (ToolSyntax.Mistral, "\"[TOOL_CALLS][\""), (ToolSyntax.Generic, "r")])
            AnswerGrammar.TryWrite(null, [tool], syntax, many: false, out _)!.Text.ShouldStartWith($"root ::= {begins}");
    }

    [Fact]
    public void Arguments_ThatAreNoObject_AreRefusedWithTheTool()
    {
        var tool = new ToolDefinition("now", JsonElement.Parse("""{"type": "string"}"""), default);
        AnswerGrammar.TryWrite(null, [tool], ToolSyntax.Hermes, many: false, out var refusal).ShouldBeNull();
        refusal!.Hint.ShouldNotBeNull().ShouldContain("0/function/parameters");
    }

    private static string Nested(int levels, Func<string, string> wrap) => Enumerable.Range(0, levels).Aggregate("{}", (inner, _) => wrap(inner));

    /// <summary>Numbers use so little of the notation that it is a regular expression but for its spaces and quotation marks.</summary>
    private static Regex AsRegex(string grammar) =>
        new($"^({Quoted().Replace(grammar, match => Regex.Escape(match.Groups[1].Value)).Replace(" ", "", StringComparison.Ordinal)})$");

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();
}
