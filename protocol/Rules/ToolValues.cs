using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>
/// Values that tools, tool_choice and response_format may have, in OpenAI's shape, and their bounds: whoever reads them
/// afterwards (a chat template, a grammar) gets functions with names and schemas of a size it can handle.
/// </summary>
public static class ToolValues
{
    public const int MaxTools = 128;

    /// <summary>Of one tool or one response format, in UTF-8; far above any that people write.</summary>
    public const int MaxSchemaBytes = 64 * 1024;

    /// <summary>Levels of objects and arrays in one of them.</summary>
    public const int MaxDepth = 32;

    private const int MaxNameChars = 64;

    /// <summary>The first thing that is wrong; null when all is well.</summary>
    public static ValueProblem? Problem(JsonElement? tools, JsonElement? toolChoice, JsonElement? responseFormat) =>
        (tools is { } list ? OfTools(list) : null)
        ?? (toolChoice is { } choice ? OfChoice(choice, tools) : null)
        ?? (responseFormat is { } format ? OfFormat(format) : null);

    /// <summary>The tool's name; null where it has none.</summary>
    public static string? NameOf(JsonElement tool) => TextOf(tool, "function"u8, "name"u8);

    private static ValueProblem? OfTools(JsonElement tools)
    {
        if (tools.ValueKind != JsonValueKind.Array) return Wrong("tools", "must be an array of functions");
        if (tools.GetArrayLength() > MaxTools) return Wrong("tools", $"has too many items: at most {MaxTools}");
        var index = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            if (OfTool(tool, string.Create(CultureInfo.InvariantCulture, $"tools[{index++}]")) is { } problem) return problem;
        }

        return null;
    }

    private static ValueProblem? OfTool(JsonElement tool, string path)
    {
        if (tool.ValueKind != JsonValueKind.Object) return Wrong(path, "must be an object with type and function");
        if (OfBounds(tool, path) is { } tooMuch) return tooMuch;
        if (TextOf(tool, "type"u8) is not { } type) return Wrong($"{path}.type", "is missing: function");
        if (type != "function") return new ValueProblem(ErrorCode.UnsupportedParameter, $"{path}.type", "must be function: no other tools are run here");
        if (!tool.TryGetProperty("function"u8, out var function) || function.ValueKind != JsonValueKind.Object) return Wrong($"{path}.function", "must be an object with a name");
        if (NameOf(tool) is not { } name || !IsName(name)) return Wrong($"{path}.function.name", $"must have 1 to {MaxNameChars} characters: letters, digits, _ and -");
        if (function.TryGetProperty("description"u8, out var description) && description.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) return Wrong($"{path}.function.description", "must be a string");
        return function.TryGetProperty("parameters"u8, out var parameters) && parameters.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null)
            ? Wrong($"{path}.function.parameters", "must be a JSON schema, which is an object")
            : null;
    }

    private static ValueProblem? OfChoice(JsonElement choice, JsonElement? tools)
    {
        var any = tools is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0;
        if (choice.ValueKind == JsonValueKind.String)
        {
            if (choice.ValueEquals("none"u8) || choice.ValueEquals("auto"u8)) return null;
            if (!choice.ValueEquals("required"u8)) return Wrong("tool_choice", "must be none, auto, required or the name of a function");
            return any ? null : Wrong("tool_choice", "needs tools to choose from");
        }

        if (choice.ValueKind != JsonValueKind.Object) return Wrong("tool_choice", "must be a string or an object");
        if (OfBounds(choice, "tool_choice") is { } tooMuch) return tooMuch;
        if (TextOf(choice, "type"u8) is not "function") return new ValueProblem(ErrorCode.UnsupportedParameter, "tool_choice.type", "must be function: no other choice is known here");
        var name = NameOf(choice);
        return name is not null && any && tools!.Value.EnumerateArray().Any(tool => NameOf(tool) == name)
            ? null
            : Wrong("tool_choice.function.name", "must be the name of one of the tools");
    }

    private static ValueProblem? OfFormat(JsonElement format)
    {
        if (format.ValueKind != JsonValueKind.Object) return Wrong("response_format", "must be an object with a type");
        if (OfBounds(format, "response_format") is { } tooMuch) return tooMuch;
        switch (TextOf(format, "type"u8))
        {
            case "text" or "json_object": return null;
            case "json_schema": break;
            default: return new ValueProblem(ErrorCode.UnsupportedParameter, "response_format.type", "must be text, json_object or json_schema");
        }

        if (!format.TryGetProperty("json_schema"u8, out var wrapped) || wrapped.ValueKind != JsonValueKind.Object) return Wrong("response_format.json_schema", "must be an object with a schema");
        return wrapped.TryGetProperty("schema"u8, out var schema) && schema.ValueKind == JsonValueKind.Object
            ? null
            : Wrong("response_format.json_schema.schema", "must be a JSON schema, which is an object");
    }

    private static ValueProblem? OfBounds(JsonElement value, string path) =>
        JsonMarshal.GetRawUtf8Value(value).Length > MaxSchemaBytes ? Wrong(path, $"is too large: at most {MaxSchemaBytes} bytes")
        : !IsShallow(value, MaxDepth) ? Wrong(path, $"is nested too deeply: at most {MaxDepth} levels")
        : !IsText(value) ? Wrong(path, "holds a string that is not valid Unicode")
        : null;

    private static bool IsShallow(JsonElement value, int levels) => value.ValueKind switch
    {
        JsonValueKind.Object => levels > 0 && value.EnumerateObject().All(member => IsShallow(member.Value, levels - 1)),
        JsonValueKind.Array => levels > 0 && value.EnumerateArray().All(item => IsShallow(item, levels - 1)),
        _ => true,
    };

    /// <summary>JSON may hold halves of surrogate pairs, which are no text; whoever reads one of these names or values would fail.</summary>
    private static bool IsText(JsonElement value)
    {
        try
        {
            return AllRead(value);
        }
        catch (InvalidOperationException)
        {
            return false; // what System.Text.Json says of them
        }
    }

    private static bool AllRead(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().All(member => member.Name is not null && AllRead(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().All(AllRead),
        JsonValueKind.String => value.GetString() is not null,
        _ => true,
    };

    private static bool IsName(string name) => name.Length is > 0 and <= MaxNameChars && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static string? TextOf(JsonElement element, ReadOnlySpan<byte> member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? TextOf(JsonElement element, ReadOnlySpan<byte> member, ReadOnlySpan<byte> inner) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) ? TextOf(value, inner) : null;

    private static ValueProblem Wrong(string param, string what) => new(ErrorCode.InvalidRequest, param, what);
}
