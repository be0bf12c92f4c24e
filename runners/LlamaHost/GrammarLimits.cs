namespace FedAi.LlamaHost;

/// <summary>
/// Pure: whether llama.cpp may see a grammar at all. It reads one by recursion, and too deep a recursion ends the process;
/// with each thing that may be left out or repeated there are more ways to go on (300 in a row: a second for one token).
/// </summary>
internal static class GrammarLimits
{
    /// <summary>Schemas of real tools make tens of rules, a few levels and some kilobytes.</summary>
    private const int MostCharacters = 128 * 1024, MostRules = 2000, MostLevels = 200, MostChoices = 500;

    public static bool Permits(string grammar)
    {
        if (string.IsNullOrWhiteSpace(grammar) || grammar.Length > MostCharacters || grammar.Contains('\0')) return false;
        if (grammar.AsSpan().Count("::=") > MostRules) return false;
        var (level, choices) = (0, 0);
        for (var i = 0; i < grammar.Length; i++)
        {
            var character = grammar[i];
            if (character is '"' or '[') i = EndOfLiteral(grammar, i);
            else if (character == '#') i = EndOfLine(grammar, i);
            else if (character is '?' or '*' or '+' or '{' && ++choices > MostChoices) return false;
            else if (character == ')') level--;
            else if (character == '(' && ++level > MostLevels) return false;
        }
        return true;
    }

    private static int EndOfLiteral(string grammar, int start)
    {
        var end = grammar[start] == '"' ? '"' : ']';
        for (var i = start + 1; i < grammar.Length; i++)
        {
            if (grammar[i] == '\\') i++;
            else if (grammar[i] == end) return i;
        }
        return grammar.Length;
    }

    private static int EndOfLine(string grammar, int start) => grammar.IndexOf('\n', start) is >= 0 and var end ? end : grammar.Length;
}
