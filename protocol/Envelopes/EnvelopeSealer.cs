using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Envelopes;

/// <summary>Makes and opens signed envelopes (WIRE 3.1). Opening checks the shape only; the caller checks the signature when the cheaper checks are done.</summary>
public static class EnvelopeSealer
{
    /// <summary>64 bytes in base64.</summary>
    private const int SignatureChars = 88;

    private static readonly Refusal NotJson = new(ErrorCode.InvalidJson, "The body is not JSON in UTF-8 (nested at most 64 deep).");
    private static readonly Refusal BadKeyId = new(ErrorCode.InvalidKeyId, "keyId must be a lower-case npub of 32 bytes.");
    private static readonly Refusal BadSignature = new(ErrorCode.InvalidSignature, "sig must be 64 bytes in standard base64 with padding.");

    /// <summary>Signs a payload. Without a nonce a random one is made; the bytes are canonical JSON, ready to send.</summary>
    public static byte[] Seal<T>(T payload, JsonTypeInfo<T> type, KeyPair key, long nowMs, string? nonce = null) =>
        Seal(JsonSerializer.SerializeToUtf8Bytes(payload, type), key, nowMs, nonce ?? NewNonce());

    /// <summary>Signs a payload that is JSON already, with every member it has.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> payload, KeyPair key, double ts, string nonce) =>
        Seal(payload, key, ts, nonce, static (pair, digest) => pair.Sign(digest));

    /// <summary>Opens an envelope as received. The refusal is InvalidJson, InvalidEnvelope (with details), InvalidKeyId or InvalidSignature.</summary>
    public static bool TryOpen(ReadOnlyMemory<byte> wire, [NotNullWhen(true)] out Envelope? envelope, [NotNullWhen(false)] out Refusal? refusal) =>
        TryOpen(wire.Span, out envelope, out refusal);

    /// <summary>Opens an envelope that lies inside another message.</summary>
    public static bool TryOpen(JsonElement nested, [NotNullWhen(true)] out Envelope? envelope, [NotNullWhen(false)] out Refusal? refusal) =>
        TryOpen(JsonMarshal.GetRawUtf8Value(nested), out envelope, out refusal);

    internal static byte[] Seal(ReadOnlySpan<byte> payload, KeyPair key, double ts, string nonce, Func<KeyPair, byte[], byte[]> sign)
    {
        // The members stand in canonical order here; sig comes in between payload and ts when it is known.
        var signed = new ArrayBufferWriter<byte>(payload.Length + 256);
        signed.Write("{\"keyId\":"u8);
        JsonString.Write(key.PublicKey.Npub, signed);
        signed.Write(",\"nonce\":"u8);
        JsonString.Write(nonce, signed);
        signed.Write(",\"payload\":"u8);
        if (!CanonicalJson.TryWrite(payload, signed)) throw new ArgumentException("The payload is not JSON.", nameof(payload));
        var payloadEnd = signed.WrittenCount;
        signed.Write(",\"ts\":"u8);
        JsonNumber.Write(ts, signed);
        signed.Write("}"u8);

        var opening = ",\"sig\":\""u8;
        var wire = new byte[signed.WrittenCount + opening.Length + SignatureChars + 1];
        signed.WrittenSpan[..payloadEnd].CopyTo(wire);
        var member = wire.AsSpan(payloadEnd, opening.Length + SignatureChars + 1);
        opening.CopyTo(member);
        Base64.EncodeToUtf8(sign(key, SHA256.HashData(signed.WrittenSpan)), member[opening.Length..], out _, out _);
        member[^1] = (byte)'"';
        signed.WrittenSpan[payloadEnd..].CopyTo(wire.AsSpan(payloadEnd + member.Length));
        return wire;
    }

    private static bool TryOpen(ReadOnlySpan<byte> wire, [NotNullWhen(true)] out Envelope? envelope, [NotNullWhen(false)] out Refusal? refusal)
    {
        envelope = null;
        refusal = NotJson;
        var canonical = new ArrayBufferWriter<byte>(Math.Max(16, wire.Length));
        if (!CanonicalJson.TryWrite(wire, canonical)) return false;

        var root = CanonicalJson.ToDocument(canonical.WrittenMemory).RootElement;
        var problems = Problems(root);
        if (problems.Count > 0)
        {
            refusal = new Refusal(ErrorCode.InvalidEnvelope, "The body must be an envelope {payload, nonce, ts, keyId, sig}.", problems);
            return false;
        }

        refusal = BadKeyId;
        if (!PublicKey.TryParseNpub(root.GetProperty("keyId"u8).GetString(), out var key)) return false;
        refusal = BadSignature;
        if (!TryReadSignature(root.GetProperty("sig"u8), out var signature)) return false;

        envelope = new Envelope(canonical.WrittenMemory, root, key, signature);
        refusal = null;
        return true;
    }

    /// <summary>What is wrong with the five members; the payload's own shape is checked when it is read.</summary>
    internal static IReadOnlyList<string> Problems(JsonElement root)
    {
        var problems = JsonShape.Problems(root, ProtocolJson.Default.EnvelopeShape);
        return root.ValueKind != JsonValueKind.Object || root.TryGetProperty("payload"u8, out _) ? problems : [.. problems, "payload: value: Required"];
    }

    /// <summary>Only the one spelling of base64 that we write: a signature must not have two texts (WIRE W-16).</summary>
    private static bool TryReadSignature(JsonElement text, [NotNullWhen(true)] out byte[]? signature)
    {
        signature = null;
        var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
        Span<byte> decoded = stackalloc byte[Schnorr.SignatureBytes + 2];
        if (raw.Length != SignatureChars || Base64.DecodeFromUtf8(raw, decoded, out _, out var written) != OperationStatus.Done || written != Schnorr.SignatureBytes) return false;
        Span<byte> spelled = stackalloc byte[SignatureChars];
        Base64.EncodeToUtf8(decoded[..written], spelled, out _, out _);
        if (!spelled.SequenceEqual(raw)) return false;
        signature = decoded[..written].ToArray();
        return true;
    }

    private static string NewNonce() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
