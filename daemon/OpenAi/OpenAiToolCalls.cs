using System.Text.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>Reads the tool calls of an earlier answer, and writes those of a new one.</summary>
internal static class OpenAiToolCalls
{
    private const int MaxIdChars = 256;
    private const int MaxNameChars = 64;

    /// <summary>The <c>tool_calls</c> of an assistant message; null when there are none, or the reader has a problem.</summary>
    public static IReadOnlyList<ToolCall>? Read(JsonElement value, string path, BodyReader reader)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.Array)
        {
            reader.Wrong(path, "an array of tool calls", value);
            return null;
        }

        if (value.GetArrayLength() > Protocol.Rules.ToolCalls.MaxCalls) reader.Refuse(path, $"{path} has too many items: at most {Protocol.Rules.ToolCalls.MaxCalls}.");
        var calls = new List<ToolCall>();
        foreach (var item in value.EnumerateArray())
        {
            if (reader.Problem is not null) return null;
            if (Call(item, $"{path}[{calls.Count}]", reader) is { } call) calls.Add(call);
        }

        return reader.Problem is null && calls.Count > 0 ? calls : null;
    }

    /// <summary>The member <c>tool_calls</c> of a whole answer.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<ToolCall> calls)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, call.Id);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, call.Arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The pieces in a chunk's <c>tool_calls</c>: the first of a call has id, type and name, and arguments in any case.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<ToolCallDelta> pieces)
    {
        json.WriteStartArray();
        foreach (var piece in pieces)
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, piece.Index);
            if (piece.Id is { } id)
            {
                json.WriteString("id"u8, id);
                json.WriteString("type"u8, "function"u8);
            }

            json.WriteStartObject("function"u8);
            if (piece.Name is { } name) json.WriteString("name"u8, name);
            json.WriteString("arguments"u8, piece.Arguments ?? "");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static ToolCall? Call(JsonElement item, string path, BodyReader reader)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            reader.Wrong(path, "an object with id and function", item);
            return null;
        }

        if (item.TryGetProperty("type"u8, out var type) && reader.Text(type, $"{path}.type") is not (null or "function")) reader.Refuse(ErrorCode.UnsupportedParameter, $"{path}.type", $"{path}.type must be function: no other tools are known here.");
        var id = item.TryGetProperty("id"u8, out var given) ? reader.Text(given, $"{path}.id", MaxIdChars) : null;
        if (id is not { Length: > 0 }) reader.Refuse($"{path}.id", $"{path}.id is missing: the id that the call had in the answer.");
        if (!item.TryGetProperty("function"u8, out var function) || function.ValueKind != JsonValueKind.Object)
        {
            reader.Refuse($"{path}.function", $"{path}.function is missing: an object with name and arguments.");
            return null;
        }

        var name = function.TryGetProperty("name"u8, out var named) ? reader.Text(named, $"{path}.function.name", MaxNameChars) : null;
        if (name is not { Length: > 0 }) reader.Refuse($"{path}.function.name", $"{path}.function.name is missing.");
        var arguments = function.TryGetProperty("arguments"u8, out var text) ? reader.Text(text, $"{path}.function.arguments") : "";
        return reader.Problem is null ? new ToolCall { Id = id!, Name = name!, Arguments = arguments! } : null;
    }
}
