#pragma warning disable OPENAI001, SCME0001

using System.ClientModel;
using System.Text;
using System.Text.Json.Nodes;
using OpenAI.Chat;

namespace FedAi.EndToEndTests.Conformance.DotNet;

/// <summary>How the cases in C# ask, and what they report.</summary>
internal static class Ask
{
    /// <summary>A case that asks for a whole answer; its prompt is the only message unless it says otherwise.</summary>
    public static DotNetCase Plain(Action<ChatCompletionOptions>? set = null, Func<string, ChatMessage[]>? messages = null, string? model = null) => async call =>
    {
        var result = await Client(call, model).CompleteChatAsync(Messages(call, messages), Options(set));
        var completion = result.Value;
        return new JsonObject
        {
            ["id"] = completion.Id,
            ["model"] = completion.Model,
            ["role"] = completion.Role.ToString().ToLowerInvariant(),
            ["text"] = Text(completion.Content),
            ["finish"] = Finish(completion.FinishReason),
            ["tools"] = new JsonArray([.. completion.ToolCalls.Select(tool => Tool(tool.Id, tool.FunctionName, tool.FunctionArguments.ToString()))]),
            ["usage"] = Usage(completion.Usage),
            ["requestId"] = RequestId(result),
        };
    };

    /// <summary>A case that streams.</summary>
    public static DotNetCase Stream(Action<ChatCompletionOptions>? set = null, Func<string, ChatMessage[]>? messages = null, string? model = null) => async call =>
    {
        var (text, deltas, tools) = (new StringBuilder(), new JsonArray(), new SortedDictionary<int, StreamedTool>());
        StreamingChatCompletionUpdate? last = null;
        ChatFinishReason? finish = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in Client(call, model).CompleteChatStreamingAsync(Messages(call, messages), Options(set)))
        {
            last = update;
            finish = update.FinishReason ?? finish;
            usage = update.Usage ?? usage;
            foreach (var tool in update.ToolCallUpdates)
            {
                var made = tools.GetValueOrDefault(tool.Index) ?? new StreamedTool();
                tools[tool.Index] = made with { Id = tool.ToolCallId ?? made.Id, Name = tool.FunctionName ?? made.Name, Arguments = made.Arguments + tool.FunctionArgumentsUpdate };
            }

            if (Text(update.ContentUpdate) is not { Length: > 0 } piece) continue;
            text.Append(piece);
            deltas.Add((JsonNode)piece);
        }

        return new JsonObject
        {
            ["id"] = last?.CompletionId,
            ["model"] = last?.Model,
            ["text"] = text.ToString(),
            ["finish"] = finish is { } reason ? Finish(reason) : null,
            ["tools"] = new JsonArray([.. tools.Values.Select(tool => Tool(tool.Id, tool.Name, tool.Arguments))]),
            ["usage"] = usage is null ? null : Usage(usage),
            ["deltas"] = deltas,
        };
    };

    /// <summary>What came before a stream failed, and the failure.</summary>
    public static DotNetCase Broken() => async call =>
    {
        var text = new StringBuilder();
        ChatFinishReason? finish = null;
        try
        {
            await foreach (var update in call.Chat.CompleteChatStreamingAsync(Messages(call, null)))
            {
                finish = update.FinishReason ?? finish;
                text.Append(Text(update.ContentUpdate));
            }

            return new JsonObject { ["text"] = text.ToString(), ["failed"] = false, ["finish"] = finish?.ToString() };
        }
        catch (Exception exception) when (exception is ClientResultException or IOException or HttpRequestException)
        {
            return new JsonObject { ["text"] = text.ToString(), ["failed"] = true, ["message"] = exception.Message };
        }
    };

    public static string? RequestId(ClientResult result) => result.GetRawResponse().Headers.TryGetValue("x-request-id", out var id) ? id : null;

    private static ChatClient Client(DotNetCall call, string? model) => model is null ? call.Chat : call.Client.GetChatClient(model);

    private static ChatMessage[] Messages(DotNetCall call, Func<string, ChatMessage[]>? messages) => messages?.Invoke(call.Prompt) ?? [new UserChatMessage(call.Prompt)];

    private static ChatCompletionOptions Options(Action<ChatCompletionOptions>? set)
    {
        var options = new ChatCompletionOptions();
        set?.Invoke(options);
        return options;
    }

    private static string Text(ChatMessageContent content) => string.Concat(content.Select(part => part.Text));

    private static string Finish(ChatFinishReason reason) => reason == ChatFinishReason.ToolCalls ? "tool_calls" : reason.ToString().ToLowerInvariant();

    private static JsonObject Tool(string? id, string? name, string arguments) => new() { ["id"] = id, ["name"] = name, ["input"] = JsonNode.Parse(arguments) };

    private static JsonObject Usage(ChatTokenUsage usage) =>
        new() { ["input"] = usage.InputTokenCount, ["output"] = usage.OutputTokenCount, ["total"] = usage.TotalTokenCount };
}
