using System.Text;

namespace FedAi.Runners.Roles;

/// <summary>A model's answer as plain text: clean, no blanks at line ends, at most one empty line between paragraphs, and lines of a width where one is asked for.</summary>
internal static class PlainText
{
    /// <param name="text">The answer.</param>
    /// <param name="width">Characters of a line; 0 leaves lines as they are. A longer word stays whole.</param>
    public static string Of(string text, int width)
    {
        var plain = new StringBuilder(text.Length);
        var empty = 0;
        foreach (var line in CleanText.Of(text).Split('\n'))
        {
            var trimmed = line.TrimEnd();
            empty = trimmed.Length == 0 ? empty + 1 : 0;
            if (empty > 1) continue;
            if (width == 0 || trimmed.Length <= width) plain.Append(trimmed).Append('\n');
            else Wrap(trimmed, width, plain);
        }

        return plain.ToString().Trim('\n');
    }

    private static void Wrap(string line, int width, StringBuilder plain)
    {
        var used = 0;
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (used > 0 && used + 1 + word.Length > width)
            {
                plain.Append('\n');
                used = 0;
            }

            if (used > 0) plain.Append(' ');
            plain.Append(word);
            used += word.Length + (used > 0 ? 1 : 0);
        }

        plain.Append('\n');
    }
}
