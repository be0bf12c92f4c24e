using System.Text.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>Reads <c>messages</c>: chat roles, content as a string or as text parts, tool calls and their results.</summary>
internal static class OpenAiMessages
{
    /// <summary>Longer conversations exist only as attacks: 4 MiB hold about 100,000 shortest messages.</summary>
    private const int MaxMessages = 4096;

    private const int MaxNameChars = 64;
    private const int MaxCallIdChars = 256;

    public static IReadOnlyList<ChatMessage>? Read(JsonElement value, BodyReader reader)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            reader.Wrong("messages", "an array of messages", value);
            return null;
        }

        if (value.GetArrayLength() == 0) reader.Refuse(ErrorCode.EmptyMessages, "messages", "messages is empty: send at least one message.");
        if (value.GetArrayLength() > MaxMessages) reader.Refuse("messages", $"messages has too many items: at most {MaxMessages}.");
        var messages = new List<ChatMessage>();
        foreach (var item in value.EnumerateArray())
        {
            if (reader.Problem is not null) return null;
            if (Message(item, $"messages[{messages.Count}]", reader) is { } message) messages.Add(message);
        }

        return reader.Problem is null ? messages : null;
    }

    private static ChatMessage? Message(JsonElement item, string path, BodyReader reader)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            reader.Wrong(path, "an object with role and content", item);
            return null;
        }

        string? role = null, content = null, name = null, callId = null;
        IReadOnlyList<ToolCall>? calls = null;
        foreach (var (member, value) in reader.Members(item, path))
        {
            switch (member)
            {
                case "role": role = Role(value, $"{path}.role", reader); break;
                case "content" when value.ValueKind != JsonValueKind.Null: content = Content(value, $"{path}.content", reader); break;
                case "tool_calls": calls = OpenAiToolCalls.Read(value, $"{path}.tool_calls", reader); break;
                case "tool_call_id" when value.ValueKind != JsonValueKind.Null: callId = reader.Text(value, $"{path}.tool_call_id", MaxCallIdChars); break;
                case "name" when value.ValueKind != JsonValueKind.Null: name = reader.Text(value, $"{path}.name", MaxNameChars); break;
                case "function_call" or "audio" when value.ValueKind != JsonValueKind.Null: reader.Unsupported($"{path}.{member}"); break;
            }
        }

        if (role is null) reader.Refuse($"{path}.role", $"{path}.role is missing: system, developer, user, assistant or tool.");
        if (role == "tool" && callId is null) reader.Refuse($"{path}.tool_call_id", $"{path}.tool_call_id is missing: the id of the call that this answers.");
        if (role != "assistant" && calls is not null) reader.Refuse($"{path}.tool_calls", $"{path}.tool_calls belongs to a message of the assistant.");
        // An answer that only called tools had no text.
        if (calls is not null) content ??= "";
        if (content is null) reader.Refuse($"{path}.content", $"{path}.content is missing: a string, or an array of text parts.");
        return reader.Problem is null ? new ChatMessage { Role = role!, Content = content!, Name = name, ToolCalls = calls, ToolCallId = role == "tool" ? callId : null } : null;
    }

    private static string? Role(JsonElement value, string path, BodyReader reader)
    {
        switch (reader.Text(value, path))
        {
            // What newer OpenAI models call developer is what every chat template calls system.
            case "developer": return "system";
            case ("system" or "user" or "assistant" or "tool") and var role: return role;
            case "function": reader.Refuse(ErrorCode.UnsupportedParameter, path, $"{path}: function is the older form of tool; use tool with tool_call_id."); return null;
            default: reader.Refuse(path, $"{path} must be system, developer, user, assistant or tool."); return null;
        }
    }

    private static string? Content(JsonElement value, string path, BodyReader reader) => value.ValueKind switch
    {
        JsonValueKind.String => reader.Text(value, path),
        JsonValueKind.Array => Parts(value, path, reader),
        _ => reader.Wrong(path, "a string or an array of text parts", value),
    };

    /// <summary>Parts become lines: models were trained on whole texts, and the parts are paragraphs to the person who sent them.</summary>
    private static string? Parts(JsonElement value, string path, BodyReader reader)
    {
        var texts = new List<string>();
        foreach (var part in value.EnumerateArray())
        {
            var partPath = $"{path}[{texts.Count}]";
            if (part.ValueKind != JsonValueKind.Object) return reader.Wrong(partPath, "an object", part);
            if (!part.TryGetProperty("type", out var type) || reader.Text(type, $"{partPath}.type") is not { } kind)
            {
                reader.Refuse($"{partPath}.type", $"{partPath}.type is missing: text.");
                return null;
            }

            if (kind != "text") reader.Refuse(ErrorCode.UnsupportedParameter, $"{partPath}.type", $"{partPath}.type: only text parts are supported here{(kind.Length <= MaxNameChars ? $", not {kind}" : "")}.");
            else if (!part.TryGetProperty("text", out var text)) reader.Refuse($"{partPath}.text", $"{partPath}.text is missing.");
            else if (reader.Text(text, $"{partPath}.text") is { } line) texts.Add(line);
            if (reader.Problem is not null) return null;
        }

        return string.Join('\n', texts);
    }
}
