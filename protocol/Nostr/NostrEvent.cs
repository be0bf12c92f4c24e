using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FedAi.Protocol.Crypto;

namespace FedAi.Protocol.Nostr;

/// <summary>
/// An event of NIP-01. Reading checks the shape only; nothing in it may be believed before <see cref="Verify()"/> said yes.
/// It keeps the bytes it was read from, so their buffer must not be reused.
/// </summary>
public sealed class NostrEvent
{
    private readonly ReadOnlyMemory<byte> tagsJson;
    private readonly ReadOnlyMemory<byte> contentJson;
    private readonly Hex32 signatureR;
    private readonly Hex32 signatureS;
    private IReadOnlyList<IReadOnlyList<string>>? tags;

    private NostrEvent(ReadOnlyMemory<byte> json, in NostrEventMembers members)
    {
        Id = members.Id;
        Author = members.Author;
        CreatedAt = members.CreatedAt;
        Kind = members.Kind;
        RetainedBytes = json.Length;
        signatureR = members.SignatureR;
        signatureS = members.SignatureS;
        tagsJson = json[members.Tags];
        contentJson = json[members.Content];
    }

    public Hex32 Id { get; }

    /// <summary>The x-only public key, as claimed.</summary>
    public Hex32 Author { get; }

    /// <summary>Seconds since 1970, as claimed.</summary>
    public long CreatedAt { get; }

    public int Kind { get; }

    /// <summary>How many bytes stay in memory with this event.</summary>
    public int RetainedBytes { get; }

    public IReadOnlyList<IReadOnlyList<string>> Tags => tags ??= ReadTags();

    /// <summary>Reads one JSON object. Members that NIP-01 does not know are skipped: no signature covers them.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out NostrEvent? result)
    {
        result = null;
        if (!Utf8.IsValid(json.Span)) return false;
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            return reader.Read() && TryRead(ref reader, json, out result) && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads the object under a reader of <paramref name="json"/>, which must be UTF-8.</summary>
    internal static bool TryRead(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, [NotNullWhen(true)] out NostrEvent? result)
    {
        result = NostrEventMembers.TryRead(ref reader, out var members) ? new NostrEvent(json, members) : null;
        return result is not null;
    }

    /// <summary>Makes and signs an event.</summary>
    public static NostrEvent Sign(KeyPair key, int kind, long createdAt, IReadOnlyList<IReadOnlyList<string>> tags, string content)
    {
        var tagsJson = new ArrayBufferWriter<byte>();
        WriteTags(tags, tagsJson);
        var contentJson = new ArrayBufferWriter<byte>();
        NostrText.WriteString(Encoding.UTF8.GetBytes(content), contentJson);

        var author = Hex32.From(key.PublicKey);
        var id = NostrEventId.Compute(author, createdAt, kind, tagsJson.WrittenSpan, contentJson.WrittenSpan);
        Span<byte> digest = stackalloc byte[Hex32.Bytes];
        id.CopyTo(digest);
        var signature = key.Sign(digest);

        var json = new ArrayBufferWriter<byte>();
        Write(json, id, author, createdAt, kind, tagsJson.WrittenSpan, contentJson.WrittenSpan, signature);
        return TryParse(json.WrittenMemory, out var signed) ? signed : throw new ArgumentOutOfRangeException(nameof(kind), "Kind or time is outside NIP-01's range.");
    }

    /// <summary>Whether the id is the hash of the rest and the author signed it; allocates nothing.</summary>
    public bool Verify() => HasOwnId() && HasSignatureOfAuthor();

    /// <summary>The same for a reader who knows the author already: finding the point of a key costs a seventh of a verification.</summary>
    public bool Verify(PublicKey author)
    {
        if (Hex32.From(author) != Author || !HasOwnId()) return false;
        Span<byte> id = stackalloc byte[Hex32.Bytes];
        Span<byte> signature = stackalloc byte[2 * Hex32.Bytes];
        Id.CopyTo(id);
        CopySignature(signature);
        return author.Verify(id, signature);
    }

    public bool HasOwnId() => NostrEventId.Compute(Author, CreatedAt, Kind, tagsJson.Span, contentJson.Span) == Id;

    public bool HasSignatureOfAuthor()
    {
        Span<byte> id = stackalloc byte[Hex32.Bytes];
        Span<byte> author = stackalloc byte[Hex32.Bytes];
        Span<byte> signature = stackalloc byte[2 * Hex32.Bytes];
        Id.CopyTo(id);
        Author.CopyTo(author);
        CopySignature(signature);
        return Schnorr.Verify(signature, id, author);
    }

    /// <summary>The value of the first tag with this name, or null.</summary>
    public string? TagValue(string name)
    {
        foreach (var tag in Tags)
            if (tag.Count > 1 && tag[0] == name) return tag[1];
        return null;
    }

    /// <summary>When relays and readers drop the event, in seconds (NIP-40); without a readable tag never.</summary>
    public long ExpirationSeconds =>
        long.TryParse(TagValue("expiration"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : long.MaxValue;

    /// <summary>The content as UTF-8 text.</summary>
    public byte[] ReadContent()
    {
        var reader = new Utf8JsonReader(contentJson.Span);
        reader.Read();
        var buffer = ArrayPool<byte>.Shared.Rent(contentJson.Length);
        var text = buffer.AsSpan(0, reader.CopyString(buffer)).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return text;
    }

    /// <summary>Writes the seven members of NIP-01 and nothing else.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        Span<byte> signature = stackalloc byte[2 * Hex32.Bytes];
        CopySignature(signature);
        Write(output, Id, Author, CreatedAt, Kind, tagsJson.Span, contentJson.Span, signature);
    }

    private static void Write(IBufferWriter<byte> output, Hex32 id, Hex32 author, long createdAt, int kind, ReadOnlySpan<byte> tags, ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteString("id"u8, id.ToString());
        writer.WriteString("pubkey"u8, author.ToString());
        writer.WriteNumber("created_at"u8, createdAt);
        writer.WriteNumber("kind"u8, kind);
        writer.WritePropertyName("tags"u8);
        writer.WriteRawValue(tags, skipInputValidation: true);
        writer.WritePropertyName("content"u8);
        writer.WriteRawValue(content, skipInputValidation: true);
        writer.WriteString("sig"u8, Convert.ToHexStringLower(signature));
        writer.WriteEndObject();
    }

    private static void WriteTags(IReadOnlyList<IReadOnlyList<string>> tags, IBufferWriter<byte> output)
    {
        output.Write("["u8);
        for (var i = 0; i < tags.Count; i++)
        {
            output.Write(i == 0 ? "["u8 : ",["u8);
            for (var k = 0; k < tags[i].Count; k++)
            {
                if (k > 0) output.Write(","u8);
                NostrText.WriteString(Encoding.UTF8.GetBytes(tags[i][k]), output);
            }

            output.Write("]"u8);
        }

        output.Write("]"u8);
    }

    private List<IReadOnlyList<string>> ReadTags()
    {
        var all = new List<IReadOnlyList<string>>();
        var reader = new Utf8JsonReader(tagsJson.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.StartArray)
        {
            var tag = new List<string>();
            while (reader.Read() && reader.TokenType is JsonTokenType.String) tag.Add(reader.GetString()!);
            all.Add(tag);
        }

        return all;
    }

    private void CopySignature(Span<byte> signature)
    {
        signatureR.CopyTo(signature);
        signatureS.CopyTo(signature[Hex32.Bytes..]);
    }
}
