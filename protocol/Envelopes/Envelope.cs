using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Envelopes;

/// <summary>
/// A signed envelope <c>{payload, nonce, ts, keyId, sig}</c> as it arrived, in canonical form: its shape is checked, its
/// signature only after <see cref="VerifySignature"/>. Unknown members of the payload are kept and covered by the signature.
/// </summary>
public sealed class Envelope
{
    private readonly JsonElement payload;
    private readonly Range signatureMember;
    private readonly byte[] signature;

    /// <param name="wire">The whole envelope, canonical.</param>
    /// <param name="root">The same as a document that nobody disposes of: it lives as long as the envelope.</param>
    internal Envelope(ReadOnlyMemory<byte> wire, JsonElement root, PublicKey key, byte[] signature)
    {
        Wire = wire;
        Key = key;
        Nonce = root.GetProperty("nonce"u8).GetString()!;
        Ts = root.GetProperty("ts"u8).GetDouble();
        payload = root.GetProperty("payload"u8);
        this.signature = signature;

        // In canonical form sig stands between payload and ts, so lengths alone say where both are.
        var tail = wire.Span.LastIndexOf(",\"ts\":"u8);
        var signatureAt = tail - ",\"sig\":"u8.Length - JsonMarshal.GetRawUtf8Value(root.GetProperty("sig"u8)).Length;
        signatureMember = signatureAt..tail;
        Payload = wire[(signatureAt - JsonMarshal.GetRawUtf8Value(payload).Length)..signatureAt];
    }

    /// <summary>The whole envelope as canonical JSON, on one line: what is stored, and passed on untouched.</summary>
    public ReadOnlyMemory<byte> Wire { get; }

    /// <summary>The payload as canonical JSON.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Who says it.</summary>
    public PublicKey Key { get; }

    public string Nonce { get; }

    /// <summary>When it was signed, in ms since 1970 by the signer's clock; may have a fraction.</summary>
    public double Ts { get; }

    /// <summary>Whether the key signed exactly this: SHA-256 over the canonical form of everything but <c>sig</c> (WIRE 3.1).</summary>
    public bool VerifySignature()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Digest(digest);
        return Key.Verify(digest, signature);
    }

    /// <summary>The 32 bytes that are signed.</summary>
    internal void Digest(Span<byte> digest)
    {
        var (start, length) = signatureMember.GetOffsetAndLength(Wire.Length);
        var signed = ArrayPool<byte>.Shared.Rent(Wire.Length - length);
        Wire.Span[..start].CopyTo(signed);
        Wire.Span[(start + length)..].CopyTo(signed.AsSpan(start));
        SHA256.HashData(signed.AsSpan(0, Wire.Length - length), digest);
        ArrayPool<byte>.Shared.Return(signed);
    }

    /// <summary>Reads the payload as a wire record; false with <see cref="ErrorCode.InvalidEnvelope"/> and what is wrong.</summary>
    public bool TryRead<T>(JsonTypeInfo<T> type, [NotNullWhen(true)] out T? payload, [NotNullWhen(false)] out Refusal? refusal) where T : class
    {
        var problems = JsonShape.Problems(this.payload, type);
        payload = problems.Count == 0 ? this.payload.Deserialize(type) : null;
        refusal = payload is null
            ? new Refusal(ErrorCode.InvalidEnvelope, "The payload does not have the members this endpoint takes.", [.. problems.Select(problem => $"payload: {problem}")])
            : null;
        return payload is not null;
    }
}
