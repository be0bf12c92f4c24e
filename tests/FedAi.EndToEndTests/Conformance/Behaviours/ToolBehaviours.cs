using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Conformance.Behaviours;

/// <summary>Tools: what reaches the model, and how calls come back, whole and in pieces.</summary>
internal static class ToolBehaviours
{
    private const string Zurich = """[{"id":"call_1","name":"get_weather","input":{"city":"Zürich"}}]""";
    private const string Both = """[{"id":"call_1","name":"get_weather","input":{"city":"Zürich"}},{"id":"call_2","name":"get_time","input":{}}]""";

    private static readonly string LongCity = string.Concat(Enumerable.Range(0, 40).Select(number => $"{number} \"ü\"\\\n漢😀 "));

    private static readonly ToolCallDelta[] OneCall = [First(0, "call_1", "get_weather"), Piece(0, "{\"ci"), Piece(0, "ty\":\"Z"), Piece(0, "ürich\"}")];

    private static readonly ToolCallDelta[] TwoCalls = [.. OneCall, First(1, "call_2", "get_time"), Piece(1, "{}")];

    private static readonly ToolCallDelta[] LongCall =
        [First(0, "call_1", "get_weather"), .. new JsonObject { ["city"] = LongCity }.ToJsonString().Chunk(7).Select(piece => Piece(0, new string(piece)))];

    public static IReadOnlyList<Behaviour> All { get; } =
    [
        Calls("tools.call", "`tools`: a call", OneCall, Zurich) with { Arrived = ArrivedWell },
        Calls("tools.stream", "a call in pieces", OneCall, Zurich) with { Streams = true, Arrived = ArrivedWell },
        Calls("tools.parallel", "several calls at once", TwoCalls, Both),
        Calls("tools.parallel-stream", "several calls in pieces", TwoCalls, Both) with { Streams = true },
        Calls("tools.text-first", "text before a call", OneCall, Zurich, "Let me ", "see. ") with { Streams = true },
        Calls("tools.long-arguments", "long arguments of any character, in pieces", LongCall, new JsonArray(new JsonObject { ["id"] = "call_1", ["name"] = "get_weather", ["input"] = new JsonObject { ["city"] = LongCity } }).ToJsonString()) with { Streams = true },
        new("tools.not-called", "a model that calls none"),
        new("tools.strict", "`strict` of a function") { Arrived = request => Tools(request)[0].GetProperty("function").GetProperty("strict").GetBoolean().ShouldBeTrue() },
        Calls("tools.one", "`parallel_tool_calls: false`", TwoCalls, Zurich),
        Chosen("auto", "\"auto\""),
        Chosen("none", "\"none\""),
        Called("required", "\"required\""),
        Called("named", """{"type":"function","function":{"name":"get_weather"}}"""),
        new("tools.history", "earlier calls and results")
        {
            Arrived = request => request.Messages!.ShouldSatisfyAllConditions(
                messages => messages.Select(message => message.Role).ShouldBe(["user", "assistant", "tool"]),
                messages => messages[1].ToolCalls!.ShouldHaveSingleItem().ShouldBe(new ToolCall { Id = "call_7", Name = "get_weather", Arguments = "{\"city\":\"Zürich\"}" }),
                messages => (messages[2].ToolCallId, messages[2].Content).ShouldBe(("call_7", "clear"))),
        },
        Round("tools.round", "a whole round: call, function, result, answer"),
        Round("tools.round-stream", "a whole round, streamed") with { Streams = true },
        new("tools.functions", "`functions`, the older form of tools") { Mark = Mark.Refused, Reaches = false, Outcome = outcome => outcome.ShouldBeError(400, "unsupported_parameter", "functions") },
        new("tools.function_call", "`function_call`, the older form of tool_choice") { Mark = Mark.Refused, Reaches = false, Outcome = outcome => outcome.ShouldBeError(400, "unsupported_parameter", "function_call") },
        new("tools.unknown-choice", "a choice that is not among the tools") { Mark = Mark.Refused, Reaches = false, Outcome = outcome => outcome.ShouldBeError(400, "invalid_value", "tool_choice.function.name") },
        new("tools.unable", "a model that cannot call tools") { Mark = Mark.Refused, Reaches = false, Outcome = outcome => outcome.ShouldBeError(400, "unsupported_parameter", "tools") },
    ];

    private static Behaviour Calls(string id, string says, ToolCallDelta[] pieces, string expected, params string[] text) => new(id, says)
    {
        Script = () => new ScriptedRunner { Answer = _ => text, Calls = _ => pieces },
        Outcome = outcome => (outcome.Tools, outcome.Finish, outcome.Text ?? "").ShouldBe((JsonNode.Parse(expected)!.ToJsonString(), "tool_calls", string.Concat(text))),
    };

    private static Behaviour Chosen(string id, string json) => new("tool_choice." + id, $"`tool_choice`: {id}")
    {
        Arrived = request => request.ToolChoice!.Value.ShouldSatisfyAllConditions(choice => JsonElement.DeepEquals(choice, JsonElement.Parse(json)).ShouldBeTrue(choice.GetRawText())),
    };

    /// <summary>Clients hold the model to it, so it calls.</summary>
    private static Behaviour Called(string id, string json) => Calls("tool_choice." + id, $"`tool_choice`: {id}", OneCall, Zurich) with { Arrived = Chosen(id, json).Arrived };

    private static Behaviour Round(string id, string says) => new(id, says)
    {
        Script = () => new ScriptedRunner { Answer = request => HasResult(request) ? ["It is ", "clear."] : [], Calls = request => HasResult(request) ? [] : OneCall },
        Arrived = request =>
        {
            if (!HasResult(request)) return;
            request.Messages!.Select(message => message.Role).ShouldBe(["user", "assistant", "tool"]);
            var call = request.Messages![1].ToolCalls!.ShouldHaveSingleItem();
            (call.Id, call.Name, request.Messages[2].ToolCallId).ShouldBe(("call_1", "get_weather", "call_1"));
            ShouldBeJson(call.Arguments, """{"city":"Zürich"}""");
            ShouldBeJson(request.Messages[2].Content, """{"city":"Zürich","sky":"clear ☀"}""");
        },
        Outcome = outcome => (outcome.Text, outcome.Finish).ShouldBe(("It is clear.", "stop")),
    };

    private static void ArrivedWell(InferenceRequest request)
    {
        var function = Tools(request)[0].GetProperty("function");
        Tools(request).GetArrayLength().ShouldBe(2);
        (function.GetProperty("name").GetString(), function.GetProperty("description").GetString()).ShouldBe(("get_weather", "The weather in a city"));
        JsonElement.DeepEquals(function.GetProperty("parameters"), JsonElement.Parse(Schemas.Weather)).ShouldBeTrue(function.GetRawText());
    }

    private static void ShouldBeJson(string text, string expected) => JsonNode.DeepEquals(JsonNode.Parse(text), JsonNode.Parse(expected)).ShouldBeTrue(text);

    private static bool HasResult(InferenceRequest request) => request.Messages!.Any(message => message.Role == "tool");

    private static JsonElement Tools(InferenceRequest request) => JsonInText.Read(request.Tools)!.Value;

    private static ToolCallDelta First(long index, string id, string name) => new() { Index = index, Id = id, Name = name };

    private static ToolCallDelta Piece(long index, string arguments) => new() { Index = index, Arguments = arguments };
}
