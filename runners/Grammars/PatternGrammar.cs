using System.Globalization;
using System.Text;

namespace FedAi.Runners.Grammars;

/// <summary>
/// A regular expression as a grammar: characters, classes, groups, alternatives and counts. Only characters that JSON
/// writes as they are; look-around and references back are refused.
/// </summary>
internal sealed class PatternGrammar(string pattern, string place, GrammarRules rules, JsonPieces json)
{
    private const int MostLength = 1000, MostNesting = 16, Unbounded = 1_000_000;

    /// <summary>What <c>.</c> stands for, and what a negated class is taken from.</summary>
    private const string Any = @"\x20-\x21\x23-\x5B\x5D-\x7E";

    private int at;

    /// <summary>The grammar of the text inside the quotation marks, with its fewest and most characters.</summary>
    public string Write(out int shortest, out int longest)
    {
        if (pattern.Length > MostLength) throw Refuse($"it is longer than {MostLength} characters");
        var open = !pattern.StartsWith('^');
        if (!open) at = 1;
        var body = Alternatives(0, out shortest, out longest, out var ended);
        if (at < pattern.Length) throw Refuse("a bracket closes that was not opened");
        if (open || !ended) longest = Unbounded;
        var anything = open || !ended ? rules.Repeat(json.Character, 0, null, place) : "";
        return $"{(open ? anything : "")} ({body}) {(ended ? "" : anything)}";
    }

    private string Alternatives(int nesting, out int shortest, out int longest, out bool ended)
    {
        if (nesting > MostNesting) throw Refuse("it nests too deep");
        (shortest, longest, ended) = (Unbounded, 0, false);
        var parts = new List<string>();
        do
        {
            if (parts.Count > 0) at++;
            parts.Add(Sequence(nesting, out var least, out var most, out var end));
            if (parts.Count > 1 && (nesting == 0 && (end || ended || pattern[0] == '^'))) throw Refuse("put its alternatives in brackets: ^(a|b)$");
            (shortest, longest, ended) = (Math.Min(shortest, least), Math.Max(longest, most), end);
        }
        while (at < pattern.Length && pattern[at] == '|');
        return string.Join(" | ", parts);
    }

    private string Sequence(int nesting, out int shortest, out int longest, out bool ended)
    {
        var text = new StringBuilder();
        (shortest, longest, ended) = (0, 0, false);
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            if (pattern[at] == '$' && nesting == 0 && at == pattern.Length - 1)
            {
                at++;
                ended = true;
                break;
            }
            var (least, most) = (1, 1);
            var item = pattern[at] == '(' ? Group(nesting, out least, out most) : Character();
            var (from, to) = Count();
            text.Append(from == 1 && to == 1 ? item : rules.Repeat(rules.Add(item, place), from, to, place)).Append(' ');
            shortest = (int)Math.Min(Unbounded, shortest + ((long)least * from));
            longest = to is null ? Unbounded : (int)Math.Min(Unbounded, longest + ((long)most * to.Value));
        }
        return text.Length == 0 ? "\"\"" : text.ToString();
    }

    private string Group(int nesting, out int shortest, out int longest)
    {
        at++;
        if (At("?:")) at += 2;
        else if (At("?")) throw Refuse("look-around and named groups are not supported");
        var body = Alternatives(nesting + 1, out shortest, out longest, out _);
        if (!At(")")) throw Refuse("a bracket is not closed");
        at++;
        return $"({body})";
    }

    private string Character()
    {
        var character = pattern[at++];
        return character switch
        {
            '.' => $"[{Any}]",
            '[' => Class(),
            '\\' => Escape() is { Length: > 1 } set ? $"[{set}]" : GrammarRules.Literal(Plain(pattern[at - 1])),
            '^' or '$' or '*' or '+' or '?' or '{' => throw Refuse($"\"{character}\" is not supported at this place"),
            _ => GrammarRules.Literal(Plain(character)),
        };
    }

    /// <summary>A set of characters for a class, or one character of which the escape is the letter itself.</summary>
    private string Escape()
    {
        if (at >= pattern.Length) throw Refuse("it ends with a backslash");
        var character = pattern[at++];
        return character switch
        {
            'd' => "0-9",
            'w' => "A-Za-z0-9_",
            's' => "\\x20\\x20",
            _ when char.IsAsciiLetterOrDigit(character) => throw Refuse($"\"\\{character}\" is not supported"),
            _ => Plain(character),
        };
    }

    private string Class()
    {
        if (At("^")) throw Refuse("classes that exclude are not supported");
        var set = new StringBuilder("[");
        while (at < pattern.Length && pattern[at] != ']')
        {
            var character = pattern[at++];
            if (character == '\\' && Escape() is { Length: > 1 } known) set.Append(known);
            else set.Append(InClass(Plain(pattern[at - 1])[0]));
            if (!At("-") || at + 1 >= pattern.Length || pattern[at + 1] == ']') continue;
            at++;
            var last = pattern[at++];
            if (last == '\\') last = Escape()[0];
            set.Append('-').Append(InClass(Plain(last)[0]));
            if (string.CompareOrdinal(Plain(last), Plain(character)) < 0) throw Refuse("a range ends before it begins");
        }
        if (!At("]") || set.Length == 1) throw Refuse("a class is not closed or empty");
        at++;
        return set.Append(']').ToString();
    }

    private static string InClass(char character) =>
        char.IsAsciiLetterOrDigit(character) || character > '~' ? character.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\x{(int)character:X2}");

    private (int Least, int? Most) Count()
    {
        if (at >= pattern.Length) return (1, 1);
        (int, int?)? count = pattern[at] switch { '*' => (0, null), '+' => (1, null), '?' => (0, 1), _ => null };
        if (count is null && pattern[at] != '{') return (1, 1);
        if (count is null)
        {
            var end = pattern.IndexOf('}', at);
            if (end < 0) throw Refuse("a count is not closed");
            var bounds = pattern[(at + 1)..end].Split(',');
            if (bounds.Length > 2 || !int.TryParse(bounds[0], NumberStyles.None, CultureInfo.InvariantCulture, out var least)) throw Refuse("a count is no number");
            int? most = bounds.Length == 1 ? least : bounds[1].Length == 0 ? null : int.TryParse(bounds[1], NumberStyles.None, CultureInfo.InvariantCulture, out var upper) ? upper : throw Refuse("a count is no number");
            if (most < least) throw Refuse("a count ends before it begins");
            (count, at) = ((least, most), end);
        }
        at++;
        if (At("?") || At("+")) throw Refuse("lazy counts are not supported");
        return count.Value;
    }

    private string Plain(char character) => character is < ' ' or '"' or '\\' || char.IsSurrogate(character)
        ? throw Refuse("quotation marks, backslashes and control characters are not supported in it")
        : character.ToString();

    private bool At(string text) => pattern.AsSpan(Math.Min(at, pattern.Length)).StartsWith(text, StringComparison.Ordinal);

    private GrammarException Refuse(string reason) => new(place, reason);
}
