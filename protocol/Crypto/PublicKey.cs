using System.Diagnostics.CodeAnalysis;

namespace FedAi.Protocol.Crypto;

/// <summary>
/// A Nostr identity: the 32-byte x-only public key of BIP-340. Text is <c>npub1…</c> (NIP-19, lower case only) or 64 hex digits.
/// Equal keys are equal however they were written.
/// </summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    private readonly byte[] bytes;
    private string? npub;
    private string? hex;

    private PublicKey(byte[] bytes) => this.bytes = bytes;

    /// <summary>The 32 bytes.</summary>
    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>The key as <c>npub1…</c>: the only form a keyId may have on the wire.</summary>
    public string Npub => npub ??= Bech32.Encode("npub", bytes);

    /// <summary>The key as 64 lower-case hex digits: the form events and relay filters use.</summary>
    public string Hex => hex ??= Convert.ToHexStringLower(bytes);

    /// <summary>Takes 32 bytes that are a point of the curve.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> key, [NotNullWhen(true)] out PublicKey? publicKey)
    {
        publicKey = Schnorr.IsPublicKey(key) ? new PublicKey(key.ToArray()) : null;
        return publicKey is not null;
    }

    /// <summary>Reads <c>npub1…</c>. Upper case, a <c>nostr:</c> prefix, blanks and payloads other than 32 bytes are refused.</summary>
    public static bool TryParseNpub(string? text, [NotNullWhen(true)] out PublicKey? publicKey)
    {
        publicKey = null;
        Span<byte> key = stackalloc byte[Schnorr.PublicKeyBytes];
        return Bech32.TryDecode("npub", text, key) && TryCreate(key, out publicKey);
    }

    /// <summary>Reads <c>npub1…</c> or 64 hex digits (either case), as an operator may write a key in a list.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PublicKey? publicKey)
    {
        publicKey = null;
        Span<byte> key = stackalloc byte[Schnorr.PublicKeyBytes];
        return text is { Length: 2 * Schnorr.PublicKeyBytes }
            ? Convert.FromHexString(text, key, out _, out _) is System.Buffers.OperationStatus.Done && TryCreate(key, out publicKey)
            : TryParseNpub(text, out publicKey);
    }

    /// <summary>Whether <paramref name="signature"/> signs the 32-byte <paramref name="digest"/> with this key.</summary>
    public bool Verify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature) => Schnorr.Verify(signature, digest, bytes);

    public bool Equals(PublicKey? other) => other is not null && bytes.AsSpan().SequenceEqual(other.bytes);

    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    public override int GetHashCode() => BitConverter.ToInt32(bytes);

    public override string ToString() => Npub;
}
