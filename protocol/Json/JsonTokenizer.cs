using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace FedAi.Protocol.Json;

/// <summary>
/// Reads a JSON text (RFC 8259, as strict as JSON.parse) into a flat list of tokens. Unlike System.Text.Json it hands out
/// strings with lone surrogates, which signed messages of other software contain. Bounded depth, no recursion into copies.
/// </summary>
internal ref struct JsonTokenizer
{
    /// <summary>Deeper than any message of ours by far; keeps the recursion within a fraction of the stack.</summary>
    public const int MaxDepth = 64;

    /// <summary>Many times what the largest honest request has; <c>[0,0,0…</c> would else cost eight times its size in memory.</summary>
    public const int MaxTokens = 1 << 18;

    private readonly ReadOnlySpan<byte> text;
    private JsonToken[] tokens;
    private int count;
    private int position;

    private JsonTokenizer(ReadOnlySpan<byte> text)
    {
        this.text = text;
        tokens = ArrayPool<JsonToken>.Shared.Rent(Math.Clamp(text.Length / 16, 16, 4096));
    }

    /// <summary>The tokens of a text, in an array rented from the shared pool; null when the text is not JSON, not UTF-8 or too deep.</summary>
    public static JsonToken[]? Read(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text)) return null;
        var tokenizer = new JsonTokenizer(text);
        if (tokenizer.ReadValue(0) && tokenizer.AtEnd()) return tokenizer.tokens;
        ArrayPool<JsonToken>.Shared.Return(tokenizer.tokens);
        return null;
    }

    private bool ReadValue(int depth)
    {
        SkipBlanks();
        if (position >= text.Length || count >= MaxTokens) return false;
        return text[position] switch
        {
            (byte)'{' => depth < MaxDepth && ReadObject(depth),
            (byte)'[' => depth < MaxDepth && ReadArray(depth),
            (byte)'"' => ReadString(),
            (byte)'t' => ReadLiteral("true"u8),
            (byte)'f' => ReadLiteral("false"u8),
            (byte)'n' => ReadLiteral("null"u8),
            _ => ReadNumber(),
        };
    }

    private bool ReadObject(int depth)
    {
        var self = Add(JsonTokenKind.Object, position++, 0);
        SkipBlanks();
        if (Take('}')) return Close(self);
        while (true)
        {
            SkipBlanks();
            if (position >= text.Length || text[position] != '"' || !ReadString()) return false;
            SkipBlanks();
            if (!Take(':') || !ReadValue(depth + 1)) return false;
            SkipBlanks();
            if (Take('}')) return Close(self);
            if (!Take(',')) return false;
        }
    }

    private bool ReadArray(int depth)
    {
        var self = Add(JsonTokenKind.Array, position++, 0);
        SkipBlanks();
        if (Take(']')) return Close(self);
        while (true)
        {
            if (!ReadValue(depth + 1)) return false;
            SkipBlanks();
            if (Take(']')) return Close(self);
            if (!Take(',')) return false;
        }
    }

    private bool ReadString()
    {
        var start = ++position;
        var escaped = false;
        while (true)
        {
            var rest = text[position..];
            var stop = rest.IndexOfAny(JsonString.StopBytes);
            if (stop < 0) return false;
            position += stop;
            if (text[position] == '"') break;
            if (text[position] != '\\' || !SkipEscape()) return false;
            escaped = true;
        }

        var self = Add(JsonTokenKind.String, start, position - start);
        tokens[self].Escaped = escaped;
        tokens[self].Ascii = Ascii.IsValid(text[start..position]);
        position++;
        return true;
    }

    private bool SkipEscape()
    {
        if (position + 1 >= text.Length) return false;
        if (text[position + 1] != 'u')
        {
            if (!"\"\\/bfnrt"u8.Contains(text[position + 1])) return false;
            position += 2;
            return true;
        }

        if (position + 6 > text.Length || text.Slice(position + 2, 4).ContainsAnyExcept(JsonString.HexDigits)) return false;
        position += 6;
        return true;
    }

    private bool ReadLiteral(ReadOnlySpan<byte> literal)
    {
        if (!text[position..].StartsWith(literal)) return false;
        Add(JsonTokenKind.Literal, position, literal.Length);
        position += literal.Length;
        return true;
    }

    private bool ReadNumber()
    {
        var start = position;
        Take('-');
        if (!Take('0') && !TakeDigits()) return false;
        if (Take('.') && !TakeDigits()) return false;
        if (Take('e') || Take('E'))
        {
            if (!Take('+')) Take('-');
            if (!TakeDigits()) return false;
        }

        Add(JsonTokenKind.Number, start, position - start);
        return true;
    }

    private bool TakeDigits()
    {
        var start = position;
        while (position < text.Length && char.IsAsciiDigit((char)text[position])) position++;
        return position > start;
    }

    private bool Take(char expected)
    {
        if (position >= text.Length || text[position] != expected) return false;
        position++;
        return true;
    }

    private void SkipBlanks()
    {
        while (position < text.Length && " \n\r\t"u8.Contains(text[position])) position++;
    }

    private bool AtEnd()
    {
        SkipBlanks();
        return position == text.Length;
    }

    private int Add(JsonTokenKind kind, int start, int length)
    {
        if (count == tokens.Length)
        {
            var larger = ArrayPool<JsonToken>.Shared.Rent(count * 2);
            tokens.AsSpan(0, count).CopyTo(larger);
            ArrayPool<JsonToken>.Shared.Return(tokens);
            tokens = larger;
        }

        tokens[count] = new JsonToken { Kind = kind, Start = start, Length = length, Size = 1 };
        return count++;
    }

    private readonly bool Close(int self)
    {
        tokens[self].Size = count - self;
        return true;
    }
}
