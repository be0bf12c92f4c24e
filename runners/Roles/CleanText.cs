using System.Buffers;
using System.Globalization;
using System.Text;

namespace FedAi.Runners.Roles;

/// <summary>
/// Text without what no reader sees: control characters, terminal sequences, marks that turn the direction of writing, invisible
/// and tag characters (in which instructions to a model are smuggled), halves of characters. Line ends become one form.
/// Joiners stay, which emoji, Arabic and Indic scripts need.
/// </summary>
internal static class CleanText
{
    private const char Escape = '\u001b';

    public static string Of(string text)
    {
        var clean = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            if (rest[0] == Escape)
            {
                rest = rest[Sequence(rest)..];
                continue;
            }

            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != OperationStatus.Done) length = Math.Max(1, length);
            else if (rune.Value == '\r') clean.Append('\n');
            else if (rune.Value is 0x85 or 0x2028 or 0x2029) clean.Append('\n');
            else if (!IsHidden(rune)) clean.Append(rest[..length]);
            // One line end, not two.
            if (rune.Value == '\r' && rest.Length > 1 && rest[1] == '\n') length = 2;
            rest = rest[length..];
        }

        return clean.ToString();
    }

    /// <summary>Whether it shows nothing and does something all the same.</summary>
    public static bool IsHidden(Rune rune) => rune.Value switch
    {
        '\n' or '\t' => false,
        // Joiners and the direction marks that Hebrew and Arabic text has.
        0x200c or 0x200d or 0x200e or 0x200f or 0x61c => false,
        0xfffe or 0xffff => true,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned,
    };

    /// <summary>How long the terminal sequence at the start is: ESC [ … letter, ESC ] … BEL, or ESC and one more.</summary>
    private static int Sequence(ReadOnlySpan<char> text)
    {
        if (text.Length < 2) return 1;
        if (text[1] == '[')
        {
            var end = text[2..].IndexOfAnyInRange('@', '~');
            return end < 0 ? 2 : end + 3;
        }

        if (text[1] != ']') return char.IsAsciiLetterOrDigit(text[1]) ? 2 : 1;
        var stop = text.IndexOfAny('\a', '\u009c');
        return stop < 0 ? 2 : stop + 1;
    }
}
