using System.Text.Json;

namespace FedAi.Protocol.Nostr;

/// <summary>What one pass over an event's JSON finds: the fixed members decoded, tags and content as places in the text.</summary>
internal struct NostrEventMembers
{
    // JavaScript peers read numbers as doubles; a larger time would hash differently there.
    private const long MaxCreatedAt = (1L << 53) - 1;
    private const int MaxKind = ushort.MaxValue;
    private const int AllMembers = 0b111_1111;

    internal Hex32 Id;
    internal Hex32 Author;
    internal Hex32 SignatureR;
    internal Hex32 SignatureS;
    internal long CreatedAt;
    internal int Kind;
    internal Range Tags;
    internal Range Content;

    /// <summary>Reads the object under the reader: all seven members, none twice. The text must be UTF-8, which the reader does not check.</summary>
    internal static bool TryRead(ref Utf8JsonReader reader, out NostrEventMembers members)
    {
        members = default;
        if (reader.TokenType is not JsonTokenType.StartObject) return false;
        var found = 0;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var member = MemberUnder(ref reader);
            if ((found & member) != 0) return false;
            found |= member;
            reader.Read();
            if (!members.TryReadMember(member, ref reader)) return false;
        }

        return found == AllMembers;
    }

    private static int MemberUnder(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("id"u8) ? 1
        : reader.ValueTextEquals("pubkey"u8) ? 2
        : reader.ValueTextEquals("created_at"u8) ? 4
        : reader.ValueTextEquals("kind"u8) ? 8
        : reader.ValueTextEquals("tags"u8) ? 16
        : reader.ValueTextEquals("content"u8) ? 32
        : reader.ValueTextEquals("sig"u8) ? 64
        : 0;

    private bool TryReadMember(int member, ref Utf8JsonReader reader)
    {
        switch (member)
        {
            case 1: return IsText(ref reader) && Hex32.TryParse(reader.ValueSpan, out Id);
            case 2: return IsText(ref reader) && Hex32.TryParse(reader.ValueSpan, out Author);
            case 4: return IsNumber(ref reader) && reader.TryGetInt64(out CreatedAt) && CreatedAt is >= 0 and <= MaxCreatedAt;
            case 8: return IsNumber(ref reader) && reader.TryGetInt32(out Kind) && Kind is >= 0 and <= MaxKind;
            case 16: return TryReadTags(ref reader);
            case 32:
                Content = (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
                return IsText(ref reader) && NostrText.IsWhole(ref reader);
            case 64:
                return IsText(ref reader) && reader.ValueSpan.Length == 2 * Hex32.Digits
                    && Hex32.TryParse(reader.ValueSpan[..Hex32.Digits], out SignatureR)
                    && Hex32.TryParse(reader.ValueSpan[Hex32.Digits..], out SignatureS);
            default:
                reader.Skip();
                return true;
        }
    }

    private bool TryReadTags(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartArray) return false;
        var start = (int)reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType is JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType is JsonTokenType.String)
                if (!NostrText.IsWhole(ref reader)) return false;
            if (reader.TokenType is not JsonTokenType.EndArray) return false;
        }

        Tags = start..(int)reader.BytesConsumed;
        return reader.TokenType is JsonTokenType.EndArray;
    }

    private static bool IsText(ref Utf8JsonReader reader) => reader.TokenType is JsonTokenType.String;

    private static bool IsNumber(ref Utf8JsonReader reader) => reader.TokenType is JsonTokenType.Number;
}
