using System.Text.Json;
using FedAi.Runners.Llama.Pipe;
using FedAi.Runners.Calls;

namespace FedAi.LlamaHost;

/// <summary>
/// Finds out how a model calls tools by letting its template write a conversation with a call: what it writes is what the
/// model was taught. A way that is not known means no tools, never a guess.
/// </summary>
internal static class ToolSyntaxProbe
{
    private const string Description = "probe-description", Question = "probe-question", Result = "probe-result", Arguments = "{\"probe-key\": \"probe-value\"}";

    private static readonly JsonElement[] Tools =
        [JsonElement.Parse($$$"""{"type": "function", "function": {"name": "probe", "description": "{{{Description}}}", "parameters": {"type": "object", "properties": {"probe-key": {"type": "string", "description": "a text"} }, "required": ["probe-key"]} }}""")];

    private static readonly Message[] Asked = [new("user", Question)];

    private static readonly Message[] Called =
    [
        .. Asked, new("assistant", "") { ToolCalls = [new() { Id = "probe0001", Name = "probe", Arguments = Arguments }] },
        new("tool", Result) { Name = "probe", ToolCallId = "probe0001" },
    ];

    /// <summary>Render gives null for what the template refuses or what cannot be followed.</summary>
    public static ToolSyntax? Find(Func<IReadOnlyList<Message>, IReadOnlyList<JsonElement>?, string?> render)
    {
        if (render(Asked, null) is null || render(Asked, Tools) is not { } told) return null;
        if (!told.Contains(Description, StringComparison.Ordinal)) return ToolSyntax.Generic;
        if (render(Called, Tools) is not { } text || !text.Contains(Result, StringComparison.Ordinal)) return null;
        var call = string.Concat(text[text.LastIndexOf(Question, StringComparison.Ordinal)..].Where(character => !char.IsWhiteSpace(character)));
        var arguments = Arguments.Replace(" ", "", StringComparison.Ordinal);
        return call.Contains($$"""<tool_call>{"name":"probe","arguments":{{arguments}}}</tool_call>""", StringComparison.Ordinal) ? ToolSyntax.Hermes
            : call.Contains($$"""[TOOL_CALLS][{"name":"probe","arguments":{{arguments}}""", StringComparison.Ordinal) ? ToolSyntax.Mistral
            : call.Contains($$"""{"name":"probe","parameters":{{arguments}}}""", StringComparison.Ordinal) ? ToolSyntax.Llama3
            : null;
    }
}
