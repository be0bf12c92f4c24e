#pragma warning disable OPENAI001, SCME0001

using System.Text.Json.Nodes;
using OpenAI.Chat;

namespace FedAi.EndToEndTests.Conformance.DotNet;

/// <summary>Tools and structured output, asked by the .NET client.</summary>
internal static class ToolCases
{
    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool("get_weather", "The weather in a city", BinaryData.FromString(Schemas.Weather));
    private static readonly ChatTool Time = ChatTool.CreateFunctionTool("get_time", "The time", BinaryData.FromString(Schemas.Time));
    private static readonly ChatResponseFormat Report = ChatResponseFormat.CreateJsonSchemaFormat("report", BinaryData.FromString(Schemas.Report), jsonSchemaIsStrict: true);

    public static IReadOnlyDictionary<string, DotNetCase> All { get; } = new Dictionary<string, DotNetCase>
    {
        ["tools.call"] = Ask.Plain(Both),
        ["tools.stream"] = Ask.Stream(Both),
        ["tools.parallel"] = Ask.Plain(Both),
        ["tools.parallel-stream"] = Ask.Stream(Both),
        ["tools.text-first"] = Ask.Stream(Both),
        ["tools.long-arguments"] = Ask.Stream(Both),
        ["tools.not-called"] = Ask.Plain(Both),
        ["tools.strict"] = Ask.Plain(options => options.Tools.Add(ChatTool.CreateFunctionTool("get_weather", "The weather in a city", BinaryData.FromString(Schemas.Weather), functionSchemaIsStrict: true))),
        ["tools.one"] = Ask.Plain(options =>
        {
            Both(options);
            options.AllowParallelToolCalls = false;
        }),
        ["tool_choice.auto"] = Choice(ChatToolChoice.CreateAutoChoice()),
        ["tool_choice.none"] = Choice(ChatToolChoice.CreateNoneChoice()),
        ["tool_choice.required"] = Choice(ChatToolChoice.CreateRequiredChoice()),
        ["tool_choice.named"] = Choice(ChatToolChoice.CreateFunctionChoice("get_weather")),
        ["tools.history"] = Ask.Plain(Both, prompt =>
        [
            new UserChatMessage(prompt),
            new AssistantChatMessage([ChatToolCall.CreateFunctionToolCall("call_7", "get_weather", BinaryData.FromString("""{"city":"Zürich"}"""))]),
            new ToolChatMessage("call_7", "clear"),
        ]),
        ["tools.round"] = call => RoundAsync(call, Ask.Plain),
        ["tools.round-stream"] = call => RoundAsync(call, Ask.Stream),
        ["tools.functions"] = Ask.Plain(options => options.Patch.Set("$.functions"u8, BinaryData.FromString($$"""[{"name":"get_weather","parameters":{{Schemas.Weather}}}]"""))),
        ["tools.function_call"] = Ask.Plain(options => options.Patch.Set("$.function_call"u8, BinaryData.FromString("""{"name":"get_weather"}"""))),
        ["tools.unknown-choice"] = Choice(ChatToolChoice.CreateFunctionChoice("get_nothing")),
        ["tools.unable"] = Ask.Plain(Both, model: "wide"),

        ["format.object"] = Ask.Plain(options => options.ResponseFormat = ChatResponseFormat.CreateJsonObjectFormat()),
        ["format.schema"] = call => ParsedAsync(call, Ask.Plain(options => options.ResponseFormat = Report)),
        ["format.schema-stream"] = call => ParsedAsync(call, Ask.Stream(options => options.ResponseFormat = Report)),
    };

    private static void Both(ChatCompletionOptions options)
    {
        options.Tools.Add(Weather);
        options.Tools.Add(Time);
    }

    private static DotNetCase Choice(ChatToolChoice choice) => Ask.Plain(options =>
    {
        Both(options);
        options.ToolChoice = choice;
    });

    /// <summary>Runs the function and sends the result back until the model answers with text.</summary>
    private static async Task<JsonNode> RoundAsync(DotNetCall call, Func<Action<ChatCompletionOptions>, Func<string, ChatMessage[]>, string?, DotNetCase> ask)
    {
        List<ChatMessage> messages = [new UserChatMessage(call.Prompt)];
        while (true)
        {
            var answer = await ask(options => options.Tools.Add(Weather), _ => [.. messages], null)(call);
            if ((string?)answer["finish"] != "tool_calls") return new JsonObject { ["text"] = answer["text"]!.DeepClone(), ["finish"] = answer["finish"]!.DeepClone() };
            var calls = answer["tools"]!.AsArray();
            messages.Add(new AssistantChatMessage(calls.Select(tool => ChatToolCall.CreateFunctionToolCall((string)tool!["id"]!, (string)tool["name"]!, BinaryData.FromString(tool["input"]!.ToJsonString())))));
            foreach (var tool in calls) messages.Add(new ToolChatMessage((string)tool!["id"]!, $$"""{"city":"{{(string)tool["input"]!["city"]!}}","sky":"clear ☀"}"""));
        }
    }

    private static async Task<JsonNode> ParsedAsync(DotNetCall call, DotNetCase ask)
    {
        var answer = await ask(call);
        answer["object"] = JsonNode.Parse((string)answer["text"]!);
        return answer;
    }
}
