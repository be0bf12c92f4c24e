using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Envelopes;

/// <summary>Makes and opens signed envelopes (WIRE 3.1). Opening checks the shape only; the caller checks the signature when the cheaper checks are done.</summary>
public static class EnvelopeSealer
{
    private static readonly Refusal NotJson = new(ErrorCode.InvalidJson, "The body is not JSON in UTF-8 (nested at most 64 deep).");
    private static readonly Refusal BadKeyId = new(ErrorCode.InvalidKeyId, "keyId must be a lower-case npub of 32 bytes.");

    /// <summary>Signs a payload. Without a nonce a random one is made; the bytes are canonical JSON, ready to send.</summary>
    public static byte[] Seal<T>(T payload, JsonTypeInfo<T> type, KeyPair key, long nowMs, string? nonce = null)
    {
        var canonical = new ArrayBufferWriter<byte>(512);
        if (!CanonicalJson.TryWrite(JsonSerializer.SerializeToUtf8Bytes(payload, type), canonical)) throw new InvalidOperationException("A record of this library did not serialise to JSON.");
        return Seal(canonical.WrittenSpan, key, nowMs, nonce ?? NewNonce());
    }

    /// <summary>Signs a payload that is canonical JSON already.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> canonicalPayload, KeyPair key, double ts, string nonce) =>
        Seal(canonicalPayload, key, ts, nonce, static (pair, digest) => pair.Sign(digest));

    /// <summary>Opens an envelope as received. The refusal is InvalidJson, InvalidEnvelope (with details) or InvalidKeyId.</summary>
    public static bool TryOpen(ReadOnlyMemory<byte> wire, [NotNullWhen(true)] out Envelope? envelope, [NotNullWhen(false)] out Refusal? refusal) =>
        TryOpen(wire.Span, out envelope, out refusal);

    /// <summary>Opens an envelope that lies inside another message.</summary>
    public static bool TryOpen(JsonElement nested, [NotNullWhen(true)] out Envelope? envelope, [NotNullWhen(false)] out Refusal? refusal) =>
        TryOpen(JsonMarshal.GetRawUtf8Value(nested), out envelope, out refusal);

    internal static byte[] Seal(ReadOnlySpan<byte> canonicalPayload, KeyPair key, double ts, string nonce, Func<KeyPair, byte[], byte[]> sign)
    {
        // The members stand in canonical order here; sig comes in between payload and ts when it is known.
        var head = new ArrayBufferWriter<byte>(canonicalPayload.Length + 256);
        head.Write("{\"keyId\":"u8);
        JsonString.Write(key.PublicKey.Npub, head);
        head.Write(",\"nonce\":"u8);
        JsonString.Write(nonce, head);
        head.Write(",\"payload\":"u8);
        head.Write(canonicalPayload);
        var signatureAt = head.WrittenCount;
        head.Write(",\"ts\":"u8);
        JsonNumber.Write(ts, head);
        head.Write("}"u8);

        var signature = sign(key, SHA256.HashData(head.WrittenSpan));
        return [.. head.WrittenSpan[..signatureAt], .. Encoding.ASCII.GetBytes($",\"sig\":\"{Convert.ToBase64String(signature)}\""), .. head.WrittenSpan[signatureAt..]];
    }

    private static bool TryOpen(ReadOnlySpan<byte> wire, [NotNullWhen(true)] out Envelope? envelope, [NotNullWhen(false)] out Refusal? refusal)
    {
        envelope = null;
        refusal = NotJson;
        if (CanonicalJson.Of(wire) is not { } canonical) return false;

        using var document = CanonicalJson.ToDocument(canonical);
        var root = document.RootElement;
        var problems = Problems(root);
        if (problems.Count > 0)
        {
            refusal = new Refusal(ErrorCode.InvalidEnvelope, "The body must be an envelope {payload, nonce, ts, keyId, sig}.", problems);
            return false;
        }

        refusal = BadKeyId;
        if (!PublicKey.TryParseNpub(root.GetProperty("keyId"u8).GetString(), out var key)) return false;

        var signature = root.GetProperty("sig"u8);
        if (!TryReadSignature(signature, out var signatureBytes))
        {
            refusal = new Refusal(ErrorCode.InvalidSignature, "sig must be 64 bytes in standard base64 with padding.");
            return false;
        }

        envelope = Located(canonical, root.GetProperty("payload"u8), signature, signatureBytes, key, root.GetProperty("nonce"u8).GetString()!, root.GetProperty("ts"u8).GetDouble());
        refusal = null;
        return true;
    }

    /// <summary>What is wrong with the five members; the payload's own shape is checked when it is read.</summary>
    internal static IReadOnlyList<string> Problems(JsonElement root)
    {
        var problems = JsonShape.Problems(root, ProtocolJson.Default.EnvelopeShape);
        return root.ValueKind != JsonValueKind.Object || root.TryGetProperty("payload"u8, out _) ? problems : [.. problems, "payload: value: Required"];
    }

    /// <summary>In canonical form <c>sig</c> stands between <c>payload</c> and <c>ts</c>, so lengths alone say where both are.</summary>
    private static Envelope Located(byte[] canonical, JsonElement payload, JsonElement signature, byte[] signatureBytes, PublicKey key, string nonce, double ts)
    {
        var tail = canonical.AsSpan().LastIndexOf(",\"ts\":"u8);
        var signatureLength = ",\"sig\":"u8.Length + JsonMarshal.GetRawUtf8Value(signature).Length;
        var signatureAt = tail - signatureLength;
        var payloadLength = JsonMarshal.GetRawUtf8Value(payload).Length;
        return new Envelope(canonical, (signatureAt - payloadLength)..signatureAt, signatureAt..tail, signatureBytes, key, nonce, ts);
    }

    /// <summary>Only the one spelling of base64 that we write: a signature must not have two texts (WIRE W-16).</summary>
    private static bool TryReadSignature(JsonElement text, [NotNullWhen(true)] out byte[]? signature)
    {
        signature = null;
        var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
        Span<byte> decoded = stackalloc byte[Schnorr.SignatureBytes + 2];
        if (raw.Length != 88 || Base64.DecodeFromUtf8(raw, decoded, out var consumed, out var written) != OperationStatus.Done) return false;
        if (consumed != raw.Length || written != Schnorr.SignatureBytes) return false;
        signature = decoded[..written].ToArray();
        return Encoding.ASCII.GetBytes(Convert.ToBase64String(signature)).AsSpan().SequenceEqual(raw);
    }

    private static string NewNonce() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
