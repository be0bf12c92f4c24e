using System.Text;

namespace FedAi.Daemon.Cli;

/// <summary>Text on its way to a person's terminal.</summary>
internal static class TerminalText
{
    /// <summary>A stranger's text without control characters but line ends and tabs: escape sequences could rewrite the screen or the clipboard.</summary>
    public static string Clean(string text) => text.Any(IsControl) ? string.Concat(text.Where(c => !IsControl(c))) : text;

    /// <summary>Cleaned and, where a person reads it in a terminal, broken between words.</summary>
    public static string Fit(string text) => Console.IsOutputRedirected ? Clean(text) : Wrap(Clean(text), Console.WindowWidth);

    /// <summary>
    /// Lines no longer than this, broken between words; what goes on does so under the text that it belongs to: after a name and two blanks
    /// (<c>memory     23.5 GiB</c>), or two further in. A word that is longer stays whole.
    /// </summary>
    public static string Wrap(string text, int width) => string.Join('\n', text.Split('\n').Select(line => Line(line, width)));

    private static string Line(string line, int width)
    {
        // Narrower than that, nothing is gained.
        if (width < 40 || line.Length <= width) return line;
        var indent = Indent(line);
        var margin = line.StartsWith(' ') || indent == 0 ? indent + 2 : indent;
        var wrapped = new StringBuilder(line, 0, indent, line.Length + 64);
        var length = indent;
        foreach (var (word, at) in line[indent..].Split(' ').Select((word, at) => (word, at)))
        {
            if (at > 0 && length + 1 + word.Length > width)
            {
                wrapped.Append('\n').Append(' ', margin);
                length = margin;
            }
            else if (at > 0)
            {
                wrapped.Append(' ');
                length++;
            }

            wrapped.Append(word);
            length += word.Length;
        }

        return wrapped.ToString();
    }

    /// <summary>What begins a line: its blanks, or a name with two blanks or more behind it.</summary>
    private static int Indent(string line)
    {
        var blanks = line.Length - line.TrimStart(' ').Length;
        if (blanks > 0) return blanks;
        var gap = line.IndexOf("  ", StringComparison.Ordinal);
        return gap is > 0 and < 20 ? gap + line[gap..].Length - line[gap..].TrimStart(' ').Length : 0;
    }

    private static bool IsControl(char c) => char.IsControl(c) && c is not ('\n' or '\t');
}
