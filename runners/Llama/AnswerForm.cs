using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners.Grammars;
using FedAi.Runners.Calls;

namespace FedAi.Runners.Llama;

/// <summary>
/// Pure: what a request wants its answer to look like, by its tools and its response format. A call that must come, and JSON,
/// are held by a grammar; calls that may come too, from their marker on, where the model has one and the schemas allow it.
/// </summary>
internal sealed record AnswerForm
{
    /// <summary>What brings a call to its end beside its shortest arguments.</summary>
    private const int Slack = 16;

    private static readonly JsonElement AnyObject = JsonElement.Parse("""{"type": "object"}""");

    /// <summary>The tools that the model is told of; null: none.</summary>
    public IReadOnlyList<JsonElement>? Tools { get; private init; }

    /// <summary>Names of the tools that the answer may call.</summary>
    public IReadOnlySet<string> Callable { get; private init; } = new HashSet<string>();

    /// <summary>How the answer is read; null: as text.</summary>
    public ToolSyntax? Syntax { get; private init; }

    /// <summary>GBNF; null: anything.</summary>
    public string? Grammar { get; private init; }

    /// <summary>The text from which on the grammar holds; null: from the beginning.</summary>
    public string? Trigger { get; private init; }

    /// <summary>Bytes that bring the answer to its end; 0: it may break off anywhere.</summary>
    public int ClosingBytes { get; private init; }

    /// <summary>Bytes that each open bracket may take beside those.</summary>
    public int LevelBytes { get; private init; }

    public static Refusal? TryRead(InferenceRequest request, ToolSyntax? syntax, out AnswerForm form)
    {
        form = new();
        if (ToolRequest.TryRead(request, out var tools) is { } wrong) return wrong;
        if (TryReadSchema(request.ResponseFormat, out var schema) is { } unknown) return unknown;
        var speaksOfCalls = request.Messages?.Any(message => message.ToolCalls is { Count: > 0 } || message.Role == "tool") == true;
        if (syntax is null && (tools is not null || speaksOfCalls))
            return new(ErrorCode.UnsupportedParameter, "this model's chat template has no known way to call tools; ask another model, or leave the tools out");
        if (tools is null && schema is null) return null;
        var mustKeep = tools is { MustCall: true } || schema is not null;
        var trigger = mustKeep ? null : Marker(syntax!.Value);
        AnswerGrammar? grammar = null;
        if (mustKeep || trigger is not null)
        {
            grammar = AnswerGrammar.TryWrite(tools is { MustCall: true } ? null : schema, tools?.Callable ?? [], syntax ?? ToolSyntax.Generic, many: !mustKeep, out var refusal);
            if (grammar is null && mustKeep) return refusal;
        }
        form = new()
        {
            Tools = tools is null ? null : [.. tools.Tools.Select(tool => tool.Whole)],
            Callable = tools is null ? new HashSet<string>() : tools.Callable.Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal),
            Syntax = tools is null ? null : syntax,
            Grammar = grammar?.Text,
            Trigger = grammar is null ? null : trigger,
            ClosingBytes = grammar is null || !mustKeep ? 0 : grammar.Closing + Slack,
            LevelBytes = grammar is null ? 0 : grammar.LargestOptional + 4,
        };
        return null;
    }

    private static string? Marker(ToolSyntax syntax) => syntax switch
    {
        ToolSyntax.Hermes => "<tool_call>",
        ToolSyntax.Mistral => "[TOOL_CALLS]",
        _ => null,
    };

    private static Refusal? TryReadSchema(JsonElement? wanted, out JsonElement? schema)
    {
        schema = null;
        var format = JsonInText.Read(wanted);
        if (format is null or { ValueKind: JsonValueKind.Null }) return null;
        var type = format is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("type", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
        switch (type)
        {
            case "text":
                return null;
            case "json_object":
                schema = AnyObject;
                return null;
            case "json_schema" when format.Value.TryGetProperty("json_schema", out var named) && named.ValueKind == JsonValueKind.Object && named.TryGetProperty("schema", out var given):
                schema = given;
                return null;
            case "json_schema":
                return new(ErrorCode.InvalidRequest, "responseFormat of type json_schema must have json_schema.schema");
            default:
                return new(ErrorCode.UnsupportedParameter, "responseFormat must be of type text, json_object or json_schema");
        }
    }
}
