using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace FedAi.Protocol.Nostr;

/// <summary>The id of an event: SHA-256 over <c>[0,author,created_at,kind,tags,content]</c> written exactly as NIP-01 says.</summary>
internal static class NostrEventId
{
    // Brackets, commas, quotes, 64 digits of the author and two numbers of at most 20 digits.
    private const int FrameBytes = 128;

    /// <summary>Hashes tags (an array of arrays of strings) and content (a string) given as JSON text of any spelling; allocates nothing.</summary>
    internal static Hex32 Compute(Hex32 author, long createdAt, int kind, ReadOnlySpan<byte> tags, ReadOnlySpan<byte> content)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FrameBytes + tags.Length + content.Length);
        var length = Serialise(author, createdAt, kind, tags, content, buffer);
        Span<byte> digest = stackalloc byte[Hex32.Bytes];
        SHA256.HashData(buffer.AsSpan(0, length), digest);
        ArrayPool<byte>.Shared.Return(buffer);
        return Hex32.From(digest);
    }

    /// <summary>Writes the text that is hashed and returns its length.</summary>
    internal static int Serialise(Hex32 author, long createdAt, int kind, ReadOnlySpan<byte> tags, ReadOnlySpan<byte> content, Span<byte> output)
    {
        var at = Append("[0,\""u8, output, 0);
        Span<byte> key = stackalloc byte[Hex32.Bytes];
        author.CopyTo(key);
        Convert.TryToHexStringLower(key, output[at..], out var digits);
        at = Append("\","u8, output, at + digits);
        at = AppendNumber(createdAt, output, at);
        at = AppendNumber(kind, output, at);
        at = AppendTags(tags, output, at);
        at = Append(",\""u8, output, at);
        at += NostrText.Normalise(content[1..^1], output[at..]);
        return Append("\"]"u8, output, at);
    }

    private static int AppendTags(ReadOnlySpan<byte> tags, Span<byte> output, int at)
    {
        var reader = new Utf8JsonReader(tags);
        var first = true;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndArray)
            {
                output[at++] = (byte)']';
                first = false;
                continue;
            }

            if (!first) output[at++] = (byte)',';
            first = reader.TokenType is JsonTokenType.StartArray;
            if (first)
            {
                output[at++] = (byte)'[';
                continue;
            }

            output[at++] = (byte)'"';
            at += NostrText.Normalise(reader.ValueSpan, output[at..]);
            output[at++] = (byte)'"';
        }

        return at;
    }

    private static int AppendNumber(long number, Span<byte> output, int at)
    {
        Utf8Formatter.TryFormat(number, output[at..], out var digits);
        output[at + digits] = (byte)',';
        return at + digits + 1;
    }

    private static int Append(ReadOnlySpan<byte> text, Span<byte> output, int at)
    {
        text.CopyTo(output[at..]);
        return at + text.Length;
    }
}
