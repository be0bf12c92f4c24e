using System.Text.Encodings.Web;
using System.Text.Json;

namespace FedAi.Runners.Grammars;

/// <summary>
/// The parts of JSON that need no schema. Between two values stands one space or none: a model that likes white space
/// must not fill its answer with it.
/// </summary>
internal sealed class JsonPieces(GrammarRules rules)
{
    /// <summary>How deep a value may nest of which nothing is known. An answer is read by programs that take 64 levels.</summary>
    private const int FreeLevels = 8;

    /// <summary>Fifteen digits: every such number is exact in every language.</summary>
    private const string Digits = "(\"0\" | [1-9] [0-9]{0,14})";

    /// <summary>Never zero, so that a bound on the whole part decides.</summary>
    public const string Fraction = "\".\" [0-9]{0,5} [1-9]";

    public string Space => rules.Add("\" \"?", "");

    /// <summary>One character inside quotation marks. No surrogates and no \u: half of a pair could be written, which is no text.</summary>
    public string Character => rules.Add("""[\x20-\x21\x23-\x5B\x5D-\uD7FF\uE000-\U0010FFFF] | "\\" ["\\/bfnrt]""", "");

    public string Comma => rules.Add($"\",\" {Space}", "");

    public string Colon => rules.Add($"\":\" {Space}", "");

    public GrammarPiece Integer => new(rules.Add($"\"-\"? {Digits}", ""), 1, 2);

    public GrammarPiece Number => new(rules.Add($"\"-\"? {Digits} ({Fraction})?", ""), 1, 2);

    public static GrammarPiece Boolean => new("(\"true\" | \"false\")", 4, 2);

    public static GrammarPiece Null => new("\"null\"", 4, 1);

    public GrammarPiece Text(int least, int? most, string place) =>
        new(rules.Add($"\"\\\"\" {rules.Repeat(Character, least, most, place)} \"\\\"\"", place), least + 2, 2);

    /// <summary>A value in JSON, letter by letter.</summary>
    public static GrammarPiece Constant(JsonElement value)
    {
        var json = Compact(value);
        return new(GrammarRules.Literal(json), json.Length, 1);
    }

    public static string Compact(JsonElement value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) value.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>An object's member name in quotation marks.</summary>
    public static string Name(string name) => $"\"{JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    /// <summary>Any value at all.</summary>
    public GrammarPiece Anything() => Free(FreeLevels);

    /// <summary>An object with any members.</summary>
    public GrammarPiece AnyObject() => Map(Free(FreeLevels - 1), "");

    /// <summary>An object whose members' values all have one form.</summary>
    public GrammarPiece Map(GrammarPiece value, string place)
    {
        rules.MayLeaveOut(value.Shortest + 6);
        var member = rules.Add($"{Text(0, null, place).Text} {Colon} {value.Text}", place);
        return new(rules.Add($"\"{{\" ({member} ({Comma} {member})*)? \"}}\"", place), 2, value.Paths + 1);
    }

    private GrammarPiece Free(int levels)
    {
        var simple = $"{Text(0, null, "").Text} | {Number.Text} | {Boolean.Text} | {Null.Text}";
        if (levels == 0) return new(rules.Add(simple, ""), 1, 4);
        var inner = Free(levels - 1);
        var list = rules.Add($"\"[\" ({inner.Text} ({Comma} {inner.Text})*)? \"]\"", "");
        return new(rules.Add($"{Map(inner, "").Text} | {list} | {simple}", ""), 1, 4);
    }
}
