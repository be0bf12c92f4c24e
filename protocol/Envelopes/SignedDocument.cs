using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;

namespace FedAi.Protocol.Envelopes;

/// <summary>
/// A JSON object that carries its signature as one of its own members: control messages and receipts (<c>sig</c>), manifests
/// (<c>signature</c>). The digest is SHA-256 over the canonical form of everything else, as it arrived (WIRE 3.1).
/// </summary>
internal static class SignedDocument
{
    /// <summary>The digest of a document without one top-level member; null when the text is no JSON object.</summary>
    public static byte[]? Digest(ReadOnlySpan<byte> json, string withoutMember)
    {
        if (CanonicalJson.Of(json) is not { } canonical || canonical[0] != '{') return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in PartsWithout(canonical, withoutMember)) hash.AppendData(part.Span);
        return hash.GetHashAndReset();
    }

    /// <summary>The canonical text without one top-level member: what is signed.</summary>
    public static byte[] Without(byte[] canonical, string member)
    {
        var output = new ArrayBufferWriter<byte>(canonical.Length);
        foreach (var part in PartsWithout(canonical, member)) output.Write(part.Span);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Whether <paramref name="base64"/> is the key's signature of the digest; only padded standard base64 of 64 bytes.</summary>
    public static bool Verify(PublicKey key, ReadOnlySpan<byte> digest, [NotNullWhen(true)] string? base64)
    {
        Span<byte> signature = stackalloc byte[Schnorr.SignatureBytes];
        return base64 is { Length: 88 }
            && Convert.TryFromBase64String(base64, signature, out var written) && written == Schnorr.SignatureBytes
            && Convert.ToBase64String(signature) == base64
            && key.Verify(digest, signature);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> PartsWithout(byte[] canonical, string member)
    {
        // Member by member over the canonical text: each is cut out by the length of its own bytes.
        var position = 1;
        var first = true;
        yield return "{"u8.ToArray();
        using var document = CanonicalJson.ToDocument(canonical);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            var length = RawLength(property);
            if (!property.NameEquals(member))
            {
                if (!first) yield return ","u8.ToArray();
                first = false;
                yield return canonical.AsMemory(position, length);
            }

            position += length + 1;
        }

        yield return "}"u8.ToArray();
    }

    private static int RawLength(JsonProperty property) =>
        System.Runtime.InteropServices.JsonMarshal.GetRawUtf8PropertyName(property).Length + 3
        + System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(property.Value).Length;
}
