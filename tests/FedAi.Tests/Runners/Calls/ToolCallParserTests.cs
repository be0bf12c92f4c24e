using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners.Calls;

namespace FedAi.Tests.Runners.Calls;

/// <summary>Answers with calls in them, whole and cut anywhere: the same text and the same calls come out, and no half of a marker is ever text.</summary>
public sealed class ToolCallParserTests
{
    private static readonly HashSet<string> Tools = ["get_weather", "now"];

    /// <summary>Syntax, answer, text, calls as name(arguments).</summary>
    public static TheoryData<string, string, string, string[]> Answers => new()
    {
        { "Hermes", """<tool_call>{"name": "get_weather", "arguments": {"city": "Zürich 👋", "deep": {"a": [1, "}"]}}}</tool_call>""", "", ["""get_weather({"city": "Zürich 👋", "deep": {"a": [1, "}"]}})"""] },
        { "Hermes", "I look.\n<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>\n<tool_call>\n{\"arguments\": {\"city\": \"\\\"\\\\\"}, \"name\": \"get_weather\"}\n</tool_call>", "I look.", ["now({})", """get_weather({"city": "\"\\"})"""] },
        { "Hermes", "a <tool_call> is <b>bold</b> <tool", "a <tool_call> is <b>bold</b> <tool", [] },
        { "Hermes", """<tool_call>{"name": "unknown", "arguments": {}}</tool_call> x""", """<tool_call>{"name": "unknown", "arguments": {}}</tool_call> x""", [] },
        { "Hermes", """<tool_call>{"name": "now"}</tool_call>Then <tool_call>{"name": "now", "arguments": "{\"a\": 1}"}""", "Then", ["now({})", """now({"a": 1})"""] },
        { "Hermes", """<tool_call>{"name": "now", "arguments": {"cut": "of""", "", ["""now({"cut": "of)"""] },
        { "Hermes", """<tool_call>{"name": "no""", """<tool_call>{"name": "no""", [] },
        { "Hermes", "2 < 3\n\n  <<tool_call> 1", "2 < 3\n\n  <<tool_call> 1", [] },
        { "Hermes", """<tool_call>{"id": 7, "x": null, "y": [{"name": "z"}], "name": "now", "arguments": null}</tool_call>""", "", ["now({})"] },
        { "Mistral", """[TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "a]b"}, "id": "abcdefgh1"}, {"name": "now", "arguments": {}}]""", "", ["""get_weather({"city": "a]b"})""", "now({})"] },
        { "Mistral", """Look: [TOOL_CALLS] [ {"name":"now","arguments":{ "a" : 1 } } ] done [1]""", "Look:done [1]", ["""now({ "a" : 1 })"""] },
        { "Mistral", "[TOOL_CALLS] none", "[TOOL_CALLS] none", [] },
        { "Mistral", "[TOOL_CALLS][{\"name\": 1}]", "[TOOL_CALLS][{\"name\": 1}]", [] },
        { "Mistral", "[TOOL [TOOL_CALL", "[TOOL [TOOL_CALL", [] },
        { "Llama3", """{"name": "get_weather", "parameters": {"city": "Bern"}}""", "", ["""get_weather({"city": "Bern"})"""] },
        { "Llama3", """ <|python_tag|>{"type": "function", "name": "now", "parameters": {}}; {"name": "now", "parameters": {"a": 1}}""", "", ["now({})", """now({"a": 1})"""] },
        { "Llama3", """It is {"name": "now", "parameters": {}}""", """It is {"name": "now", "parameters": {}}""", [] },
        { "Llama3", """{"name": "Ada", "age": 3}""", """{"name": "Ada", "age": 3}""", [] },
        { "Llama3", """{"name": "now"}""", """{"name": "now"}""", [] },
        { "Llama3", "<|python_tag|>print(1)", "<|python_tag|>print(1)", [] },
        { "Generic", "```json\n{\"name\": \"now\", \"arguments\": {\"a\": \"```\"}}\n```", "", ["now({\"a\": \"```\"})"] },
        { "Generic", "```tool_call\n{\"name\": \"now\", \"arguments\": {}}\n```\n", "", ["now({})"] },
        { "Generic", "```python\nprint(1)\n```", "```python\nprint(1)\n```", [] },
        { "Generic", "``` {", "``` {", [] },
        { "Generic", "plain", "plain", [] },
        { "Generic", "", "", [] },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Answer_CutAnywhere_BecomesTheSameTextAndCalls(string syntax, string answer, string text, string[] calls)
    {
        Read(syntax, [answer]).ShouldBe(text, calls);
        for (var cut = 1; cut < answer.Length; cut++) Read(syntax, [answer[..cut], answer[cut..]]).ShouldBe(text, calls);
        Read(syntax, [.. answer.Select(character => $"{character}")]).ShouldBe(text, calls);
    }

    [Fact]
    public void Answer_Random_BecomesTheSameHoweverItIsCut()
    {
        string[] pieces = ["<tool_call>", "</tool_call>", "[TOOL_CALLS]", "<|python_tag|>", "```json\n", "```", "{", "}", "[", "]", "\"name\"", ": ", "\"now\"", "\"arguments\"", "\"parameters\"", ", ", "{\"a\": \"b\"}", "\"", "\\", " ", "\n", "1", "text",
            "{\"name\": \"now\", \"arguments\": ", "{\"name\": \"now\", \"arguments\": {\"a\": 1}}"];
        var random = new Random(5);
        for (var round = 0; round < 3000; round++)
        {
            var answer = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
            foreach (var syntax in Enum.GetNames<ToolSyntax>())
            {
                var whole = Read(syntax, [answer]);
                var cuts = new List<string>();
                for (var at = 0; at < answer.Length;)
                {
                    var next = Math.Min(answer.Length, at + random.Next(1, 5));
                    cuts.Add(answer[at..next]);
                    at = next;
                }
                Read(syntax, cuts).ShouldBe(whole.Text, whole.Calls);
            }
        }
    }

    [Fact]
    public void Arguments_AreGivenOutWhileTheyAreMade()
    {
        var output = new CallOutput(() => "id1");
        var parser = ToolCallParsers.For(ToolSyntax.Hermes, output, Tools);
        parser.Push("""Yes <tool_call>{"name": "now", "arguments": {"a": "b""");
        var (text, pieces) = output.Take();
        text.ShouldBe("Yes");
        pieces.ShouldBe([new ToolCallDelta { Index = 0, Id = "id1", Name = "now", Arguments = "{\"a\": \"b" }]);
        parser.Push("c\"}");
        output.Take().Calls.ShouldBe([new ToolCallDelta { Index = 0, Arguments = "c\"}" }]);
    }

    [Fact]
    public void Id_IsNineLettersAndDigitsAndAnotherEachTime()
    {
        var ids = Enumerable.Range(0, 100).Select(_ => ToolCallParsers.NewId()).ToList();
        ids.ShouldAllBe(id => id.Length == 9 && id.All(char.IsAsciiLetterOrDigit));
        ids.Distinct().Count().ShouldBe(100);
    }

    private static Parsed Read(string syntax, IEnumerable<string> pieces)
    {
        var output = new CallOutput(() => "id");
        var parser = ToolCallParsers.For(Enum.Parse<ToolSyntax>(syntax), output, Tools);
        var text = "";
        var deltas = new List<ToolCallDelta>();
        void Take()
        {
            var (more, calls) = output.Take();
            text += more;
            deltas.AddRange(calls ?? []);
        }
        foreach (var piece in pieces)
        {
            parser.Push(piece);
            Take();
        }
        parser.Finish();
        Take();
        var joined = ToolCalls.Join(deltas).ShouldNotBeNull();
        return new(text, [.. joined.Select(call => $"{call.Name}({call.Arguments})")]);
    }

    private sealed record Parsed(string Text, string[] Calls)
    {
        public void ShouldBe(string text, string[] calls)
        {
            Text.ShouldBe(text);
            Calls.ShouldBe(calls);
        }
    }
}
