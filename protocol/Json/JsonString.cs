using System.Buffers;
using System.Globalization;
using System.Text;

namespace FedAi.Protocol.Json;

/// <summary>JSON strings as ECMAScript reads and writes them: UTF-16 with lone surrogates allowed, and JSON.stringify's escapes.</summary>
public static class JsonString
{
    internal static readonly SearchValues<byte> StopBytes = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);
    internal static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);
    private static readonly SearchValues<char> Special = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\', .. Enumerable.Range(0xD800, 0x800).Select(c => (char)c)]);

    /// <summary>
    /// Writes a string with its quotes as JSON.stringify does: escapes only <c>"</c>, <c>\</c>, U+0000–001F (short forms
    /// where there are, else <c>\u00xx</c>) and lone surrogates (<c>\udxxx</c>); everything else is raw UTF-8.
    /// </summary>
    public static void Write(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        while (true)
        {
            var plain = text.IndexOfAny(Special);
            if (plain < 0) plain = text.Length;
            if (plain > 0) Encoding.UTF8.GetBytes(text[..plain], output);
            if (plain == text.Length) break;
            text = text[plain..];
            text = text[WriteSpecial(text, output)..];
        }

        output.Write("\""u8);
    }

    /// <summary>Writes a literal (without its quotes, its escapes well-formed) as <see cref="Write"/> would write its value.</summary>
    internal static void WriteLiteral(ReadOnlySpan<byte> literal, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        while (true)
        {
            var backslash = literal.IndexOf((byte)'\\');
            if (backslash < 0) break;
            if (backslash > 0) output.Write(literal[..backslash]);
            literal = literal[backslash..];
            literal = literal[WriteEscape(literal, output)..];
        }

        output.Write(literal);
        output.Write("\""u8);
    }

    /// <summary>The value of a JSON string literal without its quotes, whose escapes are known to be well-formed.</summary>
    internal static string Decode(ReadOnlySpan<byte> literal)
    {
        var text = new StringBuilder(literal.Length);
        while (true)
        {
            var backslash = literal.IndexOf((byte)'\\');
            if (backslash < 0) return text.Append(Encoding.UTF8.GetString(literal)).ToString();
            text.Append(Encoding.UTF8.GetString(literal[..backslash])).Append(Unescape(literal[backslash..], out var length));
            literal = literal[(backslash + length)..];
        }
    }

    /// <summary>Writes the escape at the start of a literal; gives the bytes it took, two escapes where they make one character.</summary>
    private static int WriteEscape(ReadOnlySpan<byte> literal, IBufferWriter<byte> output)
    {
        var unit = Unescape(literal, out var length);
        var rest = literal[length..];
        if (char.IsHighSurrogate(unit) && rest.StartsWith("\\u"u8) && Unescape(rest, out var second) is var low && char.IsLowSurrogate(low))
        {
            WriteRune(new Rune(unit, low), output);
            return length + second;
        }

        if (Special.Contains(unit)) WriteSpecial([unit], output);
        else WriteRune(new Rune(unit), output);
        return length;
    }

    private static void WriteRune(Rune rune, IBufferWriter<byte> output) => output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));

    /// <summary>The UTF-16 unit that the escape at the start of a literal stands for.</summary>
    private static char Unescape(ReadOnlySpan<byte> literal, out int length)
    {
        length = literal[1] == 'u' ? 6 : 2;
        return literal[1] switch
        {
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            (byte)'u' => (char)ushort.Parse(literal.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            var same => (char)same,
        };
    }

    /// <summary>Writes the first character of <paramref name="text"/>, which is special; gives the UTF-16 units it took.</summary>
    private static int WriteSpecial(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        var c = text[0];
        if (char.IsHighSurrogate(c) && text.Length > 1 && char.IsLowSurrogate(text[1]))
        {
            Encoding.UTF8.GetBytes(text[..2], output);
            return 2;
        }

        output.Write(c switch
        {
            '"' => "\\\""u8,
            '\\' => "\\\\"u8,
            '\b' => "\\b"u8,
            '\f' => "\\f"u8,
            '\n' => "\\n"u8,
            '\r' => "\\r"u8,
            '\t' => "\\t"u8,
            _ => Encoding.ASCII.GetBytes($"\\u{(int)c:x4}"),
        });
        return 1;
    }
}
