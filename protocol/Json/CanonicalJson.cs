using System.Buffers;
using System.Text.Json;

namespace FedAi.Protocol.Json;

/// <summary>
/// The canonical form that signatures and hashes are made over (WIRE 3.1): no blanks, keys sorted by UTF-16 units, the last
/// of duplicate keys kept, ECMAScript numbers, JSON.stringify strings. Works on the JSON as it arrived, never on a typed copy.
/// </summary>
public static class CanonicalJson
{
    /// <summary>Objects up to this size are sorted in place on the stack: 64 levels of them still take 8 KB only.</summary>
    private const int FewMembers = 32;

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

    internal static ReadOnlyMemory<byte> WithoutLoneSurrogates(ReadOnlyMemory<byte> canonical)
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
        var count = CountMembers(tokens, index);
        Span<int> members = count <= FewMembers ? stackalloc int[FewMembers] : new int[count];
        members = members[..SortMembers(text, tokens, index, members[..count])];
        for (var i = 0; i < members.Length; i++)
        {
            if (i > 0) output.Write(","u8);
            WriteString(text, tokens[members[i]], output);
            output.Write(":"u8);
            WriteValue(text, tokens, members[i] + 1, output);
        }

        output.Write("}"u8);
    }

    private static int CountMembers(JsonToken[] tokens, int index)
    {
        var (count, end) = (0, index + tokens[index].Size);
        for (var key = index + 1; key < end; key += 1 + tokens[key + 1].Size) count++;
        return count;
    }

    /// <summary>Fills in the key tokens in canonical order, the last of each key only; gives how many are left.</summary>
    private static int SortMembers(ReadOnlySpan<byte> text, JsonToken[] tokens, int index, Span<int> members)
    {
        var (sorted, simple) = (true, true);
        for (int key = index + 1, i = 0; i < members.Length; key += 1 + tokens[key + 1].Size, i++)
        {
            members[i] = key;
            simple &= tokens[key] is { Escaped: false, Ascii: true };
            sorted &= i == 0 || (simple && Bytes(text, tokens[members[i - 1]]).SequenceCompareTo(Bytes(text, tokens[key])) < 0);
        }

        if (sorted && simple) return members.Length;
        if (simple && members.Length <= FewMembers) return InsertionSort(text, tokens, members);

        var named = new List<(string Name, int Key)>(members.Length);
        foreach (var key in members) named.Add((JsonString.Decode(Bytes(text, tokens[key])), key));
        var kept = named.GroupBy(member => member.Name, StringComparer.Ordinal).Select(same => same.Last()).OrderBy(member => member.Name, StringComparer.Ordinal).ToList();
        for (var i = 0; i < kept.Count; i++) members[i] = kept[i].Key;
        return kept.Count;
    }

    /// <summary>The usual object: a few plain keys in the order their writer liked. Stable, so the last of equal keys is the one kept.</summary>
    private static int InsertionSort(ReadOnlySpan<byte> text, JsonToken[] tokens, Span<int> members)
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

            members[at..kept].CopyTo(members[(at + 1)..]);
            members[at] = member;
            kept++;
        }

        return kept;
    }

    private static void WriteString(ReadOnlySpan<byte> text, in JsonToken token, IBufferWriter<byte> output)
    {
        if (token.Escaped)
        {
            JsonString.WriteLiteral(Bytes(text, token), output);
            return;
        }

        // With its quotes, which stand right beside it: what needs no escape is canonical as it is.
        output.Write(text.Slice(token.Start - 1, token.Length + 2));
    }

    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> text, in JsonToken token) => text.Slice(token.Start, token.Length);
}
