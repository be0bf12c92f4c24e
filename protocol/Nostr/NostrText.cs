using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FedAi.Protocol.Nostr;

/// <summary>
/// JSON strings as NIP-01 hashes them: only <c>" \ </c> and U+0000–001F are escaped, everything else stands as UTF-8.
/// System.Text.Json escapes more and would give other event ids.
/// </summary>
internal static class NostrText
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(c => (byte)c)]);

    /// <summary>Whether every <c>\u</c> escape of the string under the reader has its other half; half a character has no UTF-8 form.</summary>
    internal static bool IsWhole(ref Utf8JsonReader reader) => !reader.ValueIsEscaped || IsWhole(reader.ValueSpan);

    /// <summary>Rewrites the inside of a valid, whole JSON string to the form that is hashed; never longer than it came. Returns the length.</summary>
    internal static int Normalise(ReadOnlySpan<byte> raw, Span<byte> output)
    {
        var written = 0;
        while (true)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain < 0) plain = raw.Length;
            raw[..plain].CopyTo(output[written..]);
            written += plain;
            if (plain == raw.Length) return written;

            raw = raw[plain..];
            if (raw[1] == 'u')
            {
                var rune = ReadRune(raw, out var consumed);
                written += WriteRune(rune, output[written..]);
                raw = raw[consumed..];
                continue;
            }

            if (raw[1] != '/') output[written++] = (byte)'\\';
            output[written++] = raw[1];
            raw = raw[2..];
        }
    }

    /// <summary>Writes UTF-8 text as a JSON string, quotes included.</summary>
    internal static void WriteString(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        Span<byte> escape = stackalloc byte[6];
        while (true)
        {
            var plain = text.IndexOfAny(Escaped);
            if (plain < 0) break;
            output.Write(text[..plain]);
            output.Write(escape[..WriteRune(new Rune(text[plain]), escape)]);
            text = text[(plain + 1)..];
        }

        output.Write(text);
        output.Write("\""u8);
    }

    private static bool IsWhole(ReadOnlySpan<byte> raw)
    {
        while (true)
        {
            var escape = raw.IndexOf((byte)'\\');
            if (escape < 0) return true;
            raw = raw[escape..];
            if (raw[1] != 'u')
            {
                raw = raw[2..];
                continue;
            }

            var unit = HexUnit(raw);
            raw = raw[6..];
            if (char.IsLowSurrogate(unit)) return false;
            if (!char.IsHighSurrogate(unit)) continue;
            if (raw.Length < 6 || raw[0] != '\\' || raw[1] != 'u' || !char.IsLowSurrogate(HexUnit(raw))) return false;
            raw = raw[6..];
        }
    }

    private static Rune ReadRune(ReadOnlySpan<byte> escape, out int consumed)
    {
        var unit = HexUnit(escape);
        consumed = char.IsHighSurrogate(unit) ? 12 : 6;
        return consumed == 6 ? new Rune(unit) : new Rune(unit, HexUnit(escape[6..]));
    }

    private static char HexUnit(ReadOnlySpan<byte> escape) =>
        (char)(System.Buffers.Text.Utf8Parser.TryParse(escape.Slice(2, 4), out ushort unit, out _, 'x') ? unit : 0);

    private static int WriteRune(Rune rune, Span<byte> output)
    {
        var shortForm = rune.Value switch
        {
            '"' => '"',
            '\\' => '\\',
            '\b' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\f' => 'f',
            '\r' => 'r',
            _ => '\0',
        };
        if (shortForm != '\0')
        {
            output[0] = (byte)'\\';
            output[1] = (byte)shortForm;
            return 2;
        }

        if (rune.Value >= 0x20) return rune.EncodeToUtf8(output);
        "\\u00"u8.CopyTo(output);
        System.Buffers.Text.Utf8Formatter.TryFormat((byte)rune.Value, output[4..], out _, new StandardFormat('x', 2));
        return 6;
    }
}
