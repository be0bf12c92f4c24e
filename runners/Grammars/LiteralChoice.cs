namespace FedAi.Runners.Grammars;

/// <summary>Pure: one of many texts, written so that what they have in common at the beginning is read once.</summary>
internal static class LiteralChoice
{
    private const int MostTexts = 1000, MostCharacters = 64 * 1024, MostNesting = 64;

    /// <summary>Texts in ordinal order, none twice.</summary>
    public static string Write(IReadOnlyList<string> texts, string place)
    {
        if (texts.Count > MostTexts || texts.Sum(text => text.Length) > MostCharacters) throw new GrammarException(place, $"there are more than {MostTexts} values, or they are too long");
        return Choice(texts, 0, 0);
    }

    private static string Choice(IReadOnlyList<string> texts, int from, int nesting)
    {
        var parts = new List<string>();
        for (var i = 0; i < texts.Count;)
        {
            if (texts[i].Length == from)
            {
                parts.Add("\"\"");
                i++;
                continue;
            }
            var end = i + 1;
            while (nesting < MostNesting && end < texts.Count && texts[end][from] == texts[i][from]) end++;
            var common = end == i + 1 ? texts[i].Length : Common(texts[i], texts[end - 1], from); // sorted: first and last differ first
            var literal = GrammarRules.Literal(texts[i][from..common]);
            parts.Add(end == i + 1 ? literal : $"{literal} ({Choice([.. texts.Skip(i).Take(end - i)], common, nesting + 1)})");
            i = end;
        }
        return string.Join(" | ", parts);
    }

    private static int Common(string first, string second, int from)
    {
        while (from < first.Length && from < second.Length && first[from] == second[from]) from++;
        // Not inside a pair of surrogates: the rest would be no text.
        return from > 0 && char.IsHighSurrogate(first[from - 1]) ? from - 1 : from;
    }
}
