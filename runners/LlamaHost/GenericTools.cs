using System.Text;
using System.Text.Json;
using FedAi.Runners.Llama.Pipe;
using FedAi.Runners.Calls;

namespace FedAi.LlamaHost;

/// <summary>Pure: tools for a model whose template knows none, told in words (<see cref="ToolSyntax.Generic"/>).</summary>
internal static class GenericTools
{
    public static IReadOnlyList<Message> Tell(IReadOnlyList<Message> messages, IReadOnlyList<JsonElement>? tools)
    {
        var told = new List<Message>();
        var names = new Dictionary<string, string>();
        var results = false;
        foreach (var message in messages)
        {
            foreach (var call in message.ToolCalls ?? []) names[call.Id] = call.Name;
            if (message.Role == "tool")
            {
                var result = $"Result of {message.Name ?? names.GetValueOrDefault(message.ToolCallId ?? "", "the tool")}: {message.Content}";
                // Results of one round are one turn, because the roles take turns.
                if (results) told[^1] = told[^1] with { Content = $"{told[^1].Content}\n{result}" };
                else told.Add(new("user", result));
            }
            else
            {
                told.Add(message.ToolCalls is { Count: > 0 } calls
                    ? new(message.Role, string.Join('\n', [.. message.Content.Length > 0 ? (string[])[message.Content] : [], .. calls.Select(call => $"{{\"name\": \"{call.Name}\", \"arguments\": {call.Arguments}}}")]))
                    : message);
            }
            results = message.Role == "tool";
        }
        if (tools is null) return told;
        if (told[0].Role == "system") told[0] = told[0] with { Content = $"{told[0].Content}\n\n{Instructions(tools)}" };
        else told.Insert(0, new("system", Instructions(tools)));
        return told;
    }

    private static string Instructions(IReadOnlyList<JsonElement> tools)
    {
        var text = new StringBuilder("You can call these tools:\n");
        foreach (var tool in tools) text.Append(tool.GetProperty("function").GetRawText()).Append('\n');
        return text.Append("To call one, answer with nothing but JSON: {\"name\": the tool's name, \"arguments\": an object with its arguments}").ToString();
    }
}
