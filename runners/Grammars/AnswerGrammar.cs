using System.Globalization;
using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Runners.Calls;

namespace FedAi.Runners.Grammars;

/// <summary>
/// What an answer must look like, in llama.cpp's notation: JSON of a schema, or a call of one of some tools the way the
/// model writes calls. Bounds keep a schema from making the grammar explode; Shortest is the fewest bytes of such an answer.
/// </summary>
internal sealed record AnswerGrammar(string Text, int Shortest)
{
    private const int MostSchemaCharacters = 256 * 1024;

    /// <summary>An answer in JSON of this schema; null and the place in it that cannot be promised.</summary>
    public static AnswerGrammar? TryWrite(JsonElement schema, out Refusal? refusal) =>
        TryWrite("response_format", rules => Finite(new SchemaGrammar(rules, schema).Value(schema, "#"), "#"), Size(schema), out refusal);

    /// <summary>An answer that is one call of one of these tools.</summary>
    public static AnswerGrammar? TryWrite(IReadOnlyList<ToolDefinition> tools, ToolSyntax syntax, out Refusal? refusal) =>
        TryWrite("tools", rules => Call(rules, tools, syntax), tools.Sum(tool => Size(tool.Parameters)), out refusal);

    private static AnswerGrammar? TryWrite(string what, Func<GrammarRules, GrammarPiece> write, int size, out Refusal? refusal)
    {
        refusal = null;
        try
        {
            if (size > MostSchemaCharacters) throw new GrammarException("#", "the schema is longer than 256 KiB");
            var rules = new GrammarRules();
            var root = write(rules);
            return new(rules.Write(root.Text), root.Shortest);
        }
        catch (GrammarException exception)
        {
            refusal = new(ErrorCode.InvalidRequest, $"{what}: {exception.Message}; change the schema, or ask without it");
            return null;
        }
    }

    private static GrammarPiece Finite(GrammarPiece value, string place) =>
        value.Shortest < GrammarPiece.Endless ? value : throw new GrammarException(place, "every value of this schema contains another one, without end");

    private static GrammarPiece Call(GrammarRules rules, IReadOnlyList<ToolDefinition> tools, ToolSyntax syntax)
    {
        var json = new JsonPieces(rules);
        var member = syntax == ToolSyntax.Llama3 ? "parameters" : "arguments";
        var choices = tools.Select((tool, index) =>
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{index}/function/parameters");
            var arguments = tool.Parameters.ValueKind == JsonValueKind.Undefined ? new("\"{}\"", 2, 1) : Finite(new SchemaGrammar(rules, tool.Parameters).Arguments(tool.Parameters, place), place);
            return new GrammarPiece($"{GrammarRules.Literal($"{tool.Name}\", \"{member}\": ")} {arguments.Text}", tool.Name.Length + member.Length + 6 + arguments.Shortest, arguments.Paths);
        }).ToList();
        var call = rules.Add($"\"{{\\\"name\\\": \\\"\" ({string.Join(" | ", choices.Select(choice => choice.Text))}) \"}}\"", "");
        var (before, after) = syntax switch
        {
            ToolSyntax.Hermes => ("<tool_call>\n", "\n</tool_call>"),
            ToolSyntax.Mistral => ("[TOOL_CALLS][", "]"),
            _ => ("", ""),
        };
        return new($"{GrammarRules.Literal(before)} {call} {GrammarRules.Literal(after)}", before.Length + after.Length + 12 + choices.Max(choice => choice.Shortest), choices.Max(choice => choice.Paths) + 1);
    }

    private static int Size(JsonElement schema) => schema.ValueKind == JsonValueKind.Undefined ? 0 : schema.GetRawText().Length;
}
