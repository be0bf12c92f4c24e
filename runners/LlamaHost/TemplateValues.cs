using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Runners.Llama.Pipe;
using FedAi.Runners.Templates;

namespace FedAi.LlamaHost;

/// <summary>Messages and tools as transformers gives them to templates.</summary>
internal static class TemplateValues
{
    /// <summary>Templates of Mistral take ids of nine letters and digits only.</summary>
    private const int IdLength = 9;

    /// <summary>Null when an argument or a tool has a number that would not come out as it went in.</summary>
    public static Dictionary<string, object?>? TryWrite(IReadOnlyList<Message> messages, IReadOnlyList<JsonElement>? tools, ModelMarkers markers)
    {
        try
        {
            return new()
            {
                ["messages"] = messages.Select(object? (message) => Write(message)).ToList(),
                ["tools"] = tools?.Select(TemplateJson.Read).ToList(),
                ["add_generation_prompt"] = true,
                ["bos_token"] = markers.First,
                ["eos_token"] = markers.Last,
            };
        }
        catch (TemplateException)
        {
            return null;
        }
    }

    private static OrderedDictionary<string, object?> Write(Message message)
    {
        var map = new OrderedDictionary<string, object?> { ["role"] = message.Role, ["content"] = message.Content };
        if (message.Name is { } name) map["name"] = name;
        if (message.ToolCalls is { Count: > 0 } calls) map["tool_calls"] = calls.Select(object? (call) => Write(call)).ToList();
        if (message.ToolCallId is { } id) map["tool_call_id"] = Id(id);
        return map;
    }

    private static OrderedDictionary<string, object?> Write(ToolCall call) => new()
    {
        ["id"] = Id(call.Id),
        ["type"] = "function",
        ["function"] = new OrderedDictionary<string, object?> { ["name"] = call.Name, ["arguments"] = Arguments(call.Arguments) },
    };

    /// <summary>Templates want an object; what is none stays the text that it was.</summary>
    private static object? Arguments(string json)
    {
        try
        {
            return JsonElement.Parse(json) is { ValueKind: JsonValueKind.Object } arguments ? TemplateJson.Read(arguments) : json;
        }
        catch (JsonException)
        {
            return json;
        }
    }

    /// <summary>Another server's id becomes one that every template takes, the same each time.</summary>
    private static string Id(string id) => id.Length == IdLength && id.All(char.IsAsciiLetterOrDigit) ? id
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..IdLength];
}
