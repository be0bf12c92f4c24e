using System.Globalization;
using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Runners.Calls;

namespace FedAi.Runners.Grammars;

/// <summary>
/// What an answer must look like, in llama.cpp's notation: JSON of a schema, or calls of tools the way the model writes
/// calls. Bounds keep a schema from making the grammar explode; Closing is how many bytes at most
/// bring such an answer to its end while no brackets are open but the outermost, LargestOptional how many each further one takes.
/// </summary>
internal sealed record AnswerGrammar(string Text, int Closing, int LargestOptional)
{
    private const int MostSchemaCharacters = 256 * 1024;

    /// <summary>JSON of the schema, a call of one of the tools (with many: one or more), or either; null and the place that cannot be promised.</summary>
    public static AnswerGrammar? TryWrite(JsonElement? schema, IReadOnlyList<ToolDefinition> tools, ToolSyntax syntax, bool many, out Refusal? refusal)
    {
        refusal = null;
        try
        {
            var rules = new GrammarRules();
            var choices = new List<GrammarPiece>();
            if (schema is { } wanted) choices.Add(Within("response_format", () => Finite(new SchemaGrammar(rules, Sized(wanted)).Value(wanted, "#"), "#")));
            if (tools.Count > 0) choices.Add(Within("tools", () => Calls(rules, tools, syntax, many)));
            return new(rules.Write(string.Join(" | ", choices.Select(choice => choice.Text))), choices.Max(choice => choice.Shortest) + rules.Detours, rules.LargestOptional);
        }
        catch (GrammarException exception)
        {
            refusal = new(ErrorCode.InvalidRequest, $"{exception.Message}; change the schema, or ask without it");
            return null;
        }
    }

    private static GrammarPiece Within(string what, Func<GrammarPiece> write)
    {
        try
        {
            return write();
        }
        catch (GrammarException exception)
        {
            throw new GrammarException(what, exception.Message);
        }
    }

    private static JsonElement Sized(JsonElement schema) =>
        schema.GetRawText().Length <= MostSchemaCharacters ? schema : throw new GrammarException("#", "the schema is longer than 256 KiB");

    private static GrammarPiece Finite(GrammarPiece value, string place) =>
        value.Shortest < GrammarPiece.Endless ? value : throw new GrammarException(place, "every value of this schema contains another one, without end");

    private static GrammarPiece Calls(GrammarRules rules, IReadOnlyList<ToolDefinition> tools, ToolSyntax syntax, bool many)
    {
        var json = new JsonPieces(rules);
        var member = syntax == ToolSyntax.Llama3 ? "parameters" : "arguments";
        var choices = tools.Select((tool, index) =>
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{index}/function/parameters");
            var arguments = tool.Parameters.ValueKind == JsonValueKind.Undefined ? new("\"{}\"", 2, 1)
                : Finite(new SchemaGrammar(rules, Sized(tool.Parameters)).Arguments(tool.Parameters, place), place);
            return new GrammarPiece($"{GrammarRules.Literal($"{tool.Name}\", \"{member}\": ")} {arguments.Text}", tool.Name.Length + member.Length + 6 + arguments.Shortest, arguments.Paths);
        }).ToList();
        var call = rules.Add($"\"{{\\\"name\\\": \\\"\" ({string.Join(" | ", choices.Select(choice => choice.Text))}) \"}}\"", "");
        var shortest = 12 + choices.Max(choice => choice.Shortest); // the tool is chosen early
        var text = syntax switch
        {
            ToolSyntax.Hermes when many => rules.Add($"{InTags(call)} (\"\\n\" {InTags(call)})*", ""),
            ToolSyntax.Hermes => InTags(call),
            ToolSyntax.Mistral => $"\"[TOOL_CALLS][\" {call} {(many ? $"({json.Comma} {call})*" : "")} \"]\"",
            _ => call,
        };
        return new(text, shortest + (syntax is ToolSyntax.Hermes or ToolSyntax.Mistral ? 26 : 0), choices.Max(choice => choice.Paths) + 1);
    }

    private static string InTags(string call) => $"\"<tool_call>\\n\" {call} \"\\n</tool_call>\"";
}
