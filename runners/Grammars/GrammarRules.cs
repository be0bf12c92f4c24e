using System.Globalization;
using System.Text;

namespace FedAi.Runners.Grammars;

/// <summary>The rules of one grammar in llama.cpp's notation (GBNF), bounded because a schema comes from a stranger.</summary>
internal sealed class GrammarRules
{
    /// <summary>Below what fedai-llama takes, so that a refusal can name the place; schemas of real tools need a tenth.</summary>
    private const int MostRules = 1800, MostCharacters = 96 * 1024, MostChoices = 450;

    /// <summary>llama.cpp makes a rule of its own for each repetition, and refuses more than 2000 in one place.</summary>
    private const int MostRepetitions = 50_000, RepetitionBlock = 500, LongestRepetition = 1_000_000;

    private readonly Dictionary<string, string> bodies = [];
    private readonly Dictionary<string, string> names = [];
    private int characters;
    private int repetitions;
    private int choices;

    /// <summary>The fewest bytes of the largest part that may be left out: what an answer that began one has to write beside the shortest whole.</summary>
    public int LargestOptional { get; private set; }

    /// <summary>The fewest bytes of all members that may still come before one that must.</summary>
    public int Detours { get; private set; }

    public void MayPassBy(int shortest)
    {
        if (shortest < GrammarPiece.Endless) Detours = GrammarPiece.Sum(Detours, shortest);
    }

    /// <summary>A part that may be left out, with the fewest bytes that it takes.</summary>
    public void MayLeaveOut(int shortest)
    {
        if (shortest < GrammarPiece.Endless) LargestOptional = Math.Max(LargestOptional, shortest);
    }

    /// <summary>A name for a rule that is defined later, because it may contain itself.</summary>
    public string Reserve(string place)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"r{bodies.Count}");
        bodies[name] = "";
        return bodies.Count <= MostRules ? name : throw new GrammarException(place, "the schema has too many parts");
    }

    public void Define(string name, string body, string place)
    {
        bodies[name] = body;
        if ((choices += body.AsSpan().Count('?') + body.AsSpan().Count('*') + body.AsSpan().Count('{')) > MostChoices) throw new GrammarException(place, "the schema leaves too much open");
        if ((characters += body.Length) > MostCharacters) throw new GrammarException(place, "the schema is too large");
    }

    /// <summary>The name of a rule with this body; equal bodies share one.</summary>
    public string Add(string body, string place)
    {
        if (names.TryGetValue(body, out var known)) return known;
        var name = Reserve(place);
        Define(name, body, place);
        return names[body] = name;
    }

    /// <summary>
    /// A rule so many times. Long repetitions go in blocks, so that an answer has two readings at most; llama.cpp takes
    /// no more than 2000 at once, and would take a higher bound for none.
    /// </summary>
    public string Repeat(string rule, int least, int? most, string place)
    {
        if (least > 1000) throw new GrammarException(place, "a lower bound above 1000 is not supported");
        if (most is null or > LongestRepetition) return Plain(rule, least, null, place);
        if (most <= 1000) return Plain(rule, least, most, place);
        var (blocks, rest) = Math.DivRem(most.Value - least, RepetitionBlock);
        var block = Add(Plain(rule, RepetitionBlock, RepetitionBlock, place), place);
        var full = $"{Plain(block, blocks, blocks, place)} {Plain(rule, 0, rest, place)}";
        var fewer = $"{Plain(block, 0, blocks - 1, place)} {Plain(rule, 0, RepetitionBlock - 1, place)}";
        return $"{Plain(rule, least, least, place)} ({full} | {fewer})";
    }

    /// <summary>The whole grammar; its start symbol is <c>root</c>.</summary>
    public string Write(string root)
    {
        var text = new StringBuilder().Append("root ::= ").Append(root).Append('\n');
        foreach (var (name, body) in bodies) text.Append(name).Append(" ::= ").Append(body).Append('\n');
        return text.ToString();
    }

    /// <summary>A text as the grammar writes it.</summary>
    public static string Literal(string text)
    {
        var literal = new StringBuilder("\"", text.Length + 2);
        foreach (var character in text)
            _ = character switch
            {
                '"' or '\\' => literal.Append('\\').Append(character),
                '\n' => literal.Append("\\n"),
                '\r' => literal.Append("\\r"),
                '\t' => literal.Append("\\t"),
                < ' ' => literal.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:X2}"),
                _ => literal.Append(character),
            };
        return literal.Append('"').ToString();
    }

    private string Plain(string rule, int least, int? most, string place)
    {
        if (most == 0) return "\"\"";
        if ((repetitions += most ?? least) > MostRepetitions) throw new GrammarException(place, "the schema's bounds add up to too many repetitions");
        var bounds = most is { } upper
            ? least == upper ? string.Create(CultureInfo.InvariantCulture, $"{{{least}}}") : string.Create(CultureInfo.InvariantCulture, $"{{{least},{upper}}}")
            : least == 0 ? "*" : string.Create(CultureInfo.InvariantCulture, $"{{{least},}}");
        return rule + bounds;
    }
}
