using System.Buffers;
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

    /// <summary>The value of a JSON string literal without its quotes, whose escapes are known to be well-formed.</summary>
    internal static string Decode(ReadOnlySpan<byte> literal, bool escaped)
    {
        if (!escaped) return Encoding.UTF8.GetString(literal);
        var text = new StringBuilder(literal.Length);
        while (true)
        {
            var backslash = literal.IndexOf((byte)'\\');
            if (backslash < 0) return text.Append(Encoding.UTF8.GetString(literal)).ToString();
            text.Append(Encoding.UTF8.GetString(literal[..backslash]));
            literal = literal[(backslash + 1)..];
            text.Append(literal[0] switch
            {
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                (byte)'u' => (char)Convert.ToUInt16(Encoding.ASCII.GetString(literal.Slice(1, 4)), 16),
                var same => (char)same,
            });
            literal = literal[(literal[0] == 'u' ? 5 : 1)..];
        }
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
