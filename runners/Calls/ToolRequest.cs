using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Runners.Calls;

/// <summary>Pure: the tools of a request in OpenAI's form; those that the answer may call, and whether it must call one.</summary>
internal sealed record ToolRequest(IReadOnlyList<ToolDefinition> Tools, IReadOnlyList<ToolDefinition> Callable, bool MustCall)
{
    private const int MostTools = ToolCalls.MaxCalls, LongestName = 64;

    /// <summary>Null when the request offers none, or wants none called.</summary>
    public static Refusal? TryRead(InferenceRequest request, out ToolRequest? tools)
    {
        tools = null;
        var definitions = new List<ToolDefinition>();
        var given = JsonInText.Read(request.Tools);
        if (given is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Array) }) return Invalid("tools must be a list");
        if (given is { ValueKind: JsonValueKind.Array } list)
            foreach (var tool in list.EnumerateArray())
            {
                if (TryRead(tool) is not { } definition) return Invalid($"tools[{definitions.Count}] must be {{\"type\": \"function\", \"function\": {{\"name\", \"description\", \"parameters\"}}}} with a name of letters, digits, \"_\", \"-\" and \".\"");
                if (definitions.Exists(other => other.Name == definition.Name)) return Invalid($"tools[{definitions.Count}] has the name of another tool");
                definitions.Add(definition);
                if (definitions.Count > MostTools) return Invalid($"a request takes up to {MostTools} tools");
            }
        return Choose(request.ToolChoice, definitions, out tools);
    }

    private static Refusal? Choose(JsonElement? choice, List<ToolDefinition> tools, out ToolRequest? chosen)
    {
        chosen = tools.Count == 0 ? null : new(tools, tools, MustCall: false);
        if (choice is null or { ValueKind: JsonValueKind.Null }) return null;
        var name = choice is { ValueKind: JsonValueKind.Object } named && Text(named, "type") == "function" && named.TryGetProperty("function", out var function) ? Text(function, "name") : null;
        var word = choice is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        if (name is null && word is not ("none" or "auto" or "required"))
            return Invalid("toolChoice must be \"none\", \"auto\", \"required\" or {\"type\": \"function\", \"function\": {\"name\"}}");
        if (word == "none") chosen = null;
        if (word is "none" or "auto") return null;
        if (tools.Count == 0) return Invalid("toolChoice wants a call, but there are no tools");
        var only = name is null ? tools : tools.FindAll(tool => tool.Name == name);
        chosen = new(tools, only, MustCall: true);
        return only.Count > 0 ? null : Invalid("toolChoice names a tool that tools does not have");
    }

    private static ToolDefinition? TryRead(JsonElement tool)
    {
        if (tool.ValueKind != JsonValueKind.Object || Text(tool, "type") != "function" || !tool.TryGetProperty("function", out var function)) return null;
        if (Text(function, "name") is not { Length: > 0 and <= LongestName } name || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.')) return null;
        return new(name, function.TryGetProperty("parameters", out var parameters) && parameters.ValueKind != JsonValueKind.Null ? parameters : default, tool);
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Refusal Invalid(string hint) => new(ErrorCode.InvalidRequest, hint);
}
