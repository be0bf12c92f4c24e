using System.Diagnostics.CodeAnalysis;
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
    private readonly Range payload;
    private readonly Range signatureMember;
    private readonly byte[] signature;

    internal Envelope(ReadOnlyMemory<byte> wire, Range payload, Range signatureMember, byte[] signature, PublicKey key, string nonce, double ts)
    {
        Wire = wire;
        Key = key;
        Nonce = nonce;
        Ts = ts;
        this.payload = payload;
        this.signatureMember = signatureMember;
        this.signature = signature;
    }

    /// <summary>The whole envelope as canonical JSON, on one line: what is stored, and passed on untouched.</summary>
    public ReadOnlyMemory<byte> Wire { get; }

    /// <summary>The payload as canonical JSON.</summary>
    public ReadOnlyMemory<byte> Payload => Wire[payload];

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
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (start, length) = signatureMember.GetOffsetAndLength(Wire.Length);
        hash.AppendData(Wire.Span[..start]);
        hash.AppendData(Wire.Span[(start + length)..]);
        hash.GetHashAndReset(digest);
    }

    /// <summary>Reads the payload as a wire record; false with <see cref="ErrorCode.InvalidEnvelope"/> and what is wrong.</summary>
    public bool TryRead<T>(JsonTypeInfo<T> type, [NotNullWhen(true)] out T? payload, [NotNullWhen(false)] out Refusal? refusal) where T : class
    {
        using var document = CanonicalJson.ToDocument(Payload);
        var problems = JsonShape.Problems(document.RootElement, type);
        payload = problems.Count == 0 ? document.RootElement.Deserialize(type) : null;
        refusal = payload is null
            ? new Refusal(ErrorCode.InvalidEnvelope, "The payload does not have the members this endpoint takes.", [.. problems.Select(problem => $"payload: {problem}")])
            : null;
        return payload is not null;
    }
}
