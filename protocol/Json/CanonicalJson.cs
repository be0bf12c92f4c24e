using System.Buffers;
using System.Text.Json;

namespace FedAi.Protocol.Json;

/// <summary>
/// The canonical form that signatures and hashes are made over (WIRE 3.1): no blanks, keys sorted by UTF-16 units, the last
/// of duplicate keys kept, ECMAScript numbers, JSON.stringify strings. Works on the JSON as it arrived, never on a typed copy.
/// </summary>
public static class CanonicalJson
{
    /// <summary>Writes the canonical form; false (and nothing of use written) when the text is not JSON, not UTF-8 or nested deeper than 64.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> utf8Json, IBufferWriter<byte> output)
    {
        var tokens = JsonTokenizer.Read(utf8Json);
        if (tokens is null) return false;
        WriteValue(utf8Json, tokens, 0, output);
        ArrayPool<JsonToken>.Shared.Return(tokens);
        return true;
    }

    /// <summary>The canonical bytes, or null when the text is not JSON.</summary>
    public static byte[]? Of(ReadOnlySpan<byte> utf8Json)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(16, utf8Json.Length));
        return TryWrite(utf8Json, output) ? output.WrittenSpan.ToArray() : null;
    }

    /// <summary>
    /// Canonical bytes as a document to read typed values from. Lone surrogates, which System.Text.Json cannot hand out,
    /// read as U+FFFD; that is also what they hash as.
    /// </summary>
    public static JsonDocument ToDocument(ReadOnlyMemory<byte> canonical) => JsonDocument.Parse(WithoutLoneSurrogates(canonical));

    private static ReadOnlyMemory<byte> WithoutLoneSurrogates(ReadOnlyMemory<byte> canonical)
    {
        if (canonical.Span.IndexOf("\\ud"u8) < 0) return canonical;
        var copy = canonical.ToArray();
        for (var i = copy.AsSpan().IndexOf((byte)'\\'); i < copy.Length; i++)
        {
            if (copy[i] != '\\') continue;
            if (copy[i + 1] == 'u' && copy[i + 2] == 'd') "\\ufffd"u8.CopyTo(copy.AsSpan(i));
            i++;
        }

        return copy;
    }

    private static void WriteValue(ReadOnlySpan<byte> text, JsonToken[] tokens, int index, IBufferWriter<byte> output)
    {
        ref readonly var token = ref tokens[index];
        switch (token.Kind)
        {
            case JsonTokenKind.Object:
                WriteObject(text, tokens, index, output);
                break;
            case JsonTokenKind.Array:
                WriteArray(text, tokens, index, output);
                break;
            case JsonTokenKind.String:
                WriteString(text, token, output);
                break;
            case JsonTokenKind.Number:
                JsonNumber.Write(text.Slice(token.Start, token.Length), output);
                break;
            default:
                output.Write(text.Slice(token.Start, token.Length));
                break;
        }
    }

    private static void WriteArray(ReadOnlySpan<byte> text, JsonToken[] tokens, int index, IBufferWriter<byte> output)
    {
        output.Write("["u8);
        var end = index + tokens[index].Size;
        for (var item = index + 1; item < end; item += tokens[item].Size)
        {
            if (item > index + 1) output.Write(","u8);
            WriteValue(text, tokens, item, output);
        }

        output.Write("]"u8);
    }

    private static void WriteObject(ReadOnlySpan<byte> text, JsonToken[] tokens, int index, IBufferWriter<byte> output)
    {
        output.Write("{"u8);
        var members = SortedMembers(text, tokens, index);
        for (var i = 0; i < members.Length; i++)
        {
            if (i > 0) output.Write(","u8);
            WriteString(text, tokens[members[i]], output);
            output.Write(":"u8);
            WriteValue(text, tokens, members[i] + 1, output);
        }

        output.Write("}"u8);
    }

    /// <summary>Key tokens in canonical order, the last of each key only.</summary>
    private static int[] SortedMembers(ReadOnlySpan<byte> text, JsonToken[] tokens, int index)
    {
        var end = index + tokens[index].Size;
        var count = 0;
        for (var key = index + 1; key < end; key += 1 + tokens[key + 1].Size) count++;
        if (count == 0) return [];

        var members = new int[count];
        var sorted = true;
        var simple = true;
        for (int key = index + 1, i = 0; key < end; key += 1 + tokens[key + 1].Size, i++)
        {
            members[i] = key;
            simple &= tokens[key] is { Escaped: false, Ascii: true };
            sorted &= i == 0 || (simple && Bytes(text, tokens[members[i - 1]]).SequenceCompareTo(Bytes(text, tokens[key])) < 0);
        }

        if (sorted && simple) return members;
        if (simple && count <= 32) return InsertionSorted(text, tokens, members);

        var names = new string[count];
        for (var i = 0; i < count; i++) names[i] = JsonString.Decode(Bytes(text, tokens[members[i]]), tokens[members[i]].Escaped);
        return [.. members
            .Select((key, i) => (Key: key, Name: names[i]))
            .GroupBy(member => member.Name, StringComparer.Ordinal)
            .Select(same => same.Last())
            .OrderBy(member => member.Name, StringComparer.Ordinal)
            .Select(member => member.Key)];
    }

    /// <summary>The usual object: a few plain keys in the order their writer liked. Stable, so the last of equal keys is the one kept.</summary>
    private static int[] InsertionSorted(ReadOnlySpan<byte> text, JsonToken[] tokens, int[] members)
    {
        var kept = 0;
        foreach (var member in members)
        {
            var name = Bytes(text, tokens[member]);
            var at = kept;
            while (at > 0 && Bytes(text, tokens[members[at - 1]]).SequenceCompareTo(name) > 0) at--;
            if (at > 0 && Bytes(text, tokens[members[at - 1]]).SequenceEqual(name))
            {
                members[at - 1] = member;
                continue;
            }

            members.AsSpan(at, kept - at).CopyTo(members.AsSpan(at + 1));
            members[at] = member;
            kept++;
        }

        return kept == members.Length ? members : members[..kept];
    }

    private static void WriteString(ReadOnlySpan<byte> text, in JsonToken token, IBufferWriter<byte> output)
    {
        if (token.Escaped)
        {
            JsonString.Write(JsonString.Decode(Bytes(text, token), escaped: true), output);
            return;
        }

        // With its quotes, which stand right beside it: what needs no escape is canonical as it is.
        output.Write(text.Slice(token.Start - 1, token.Length + 2));
    }

    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> text, in JsonToken token) => text.Slice(token.Start, token.Length);
}
