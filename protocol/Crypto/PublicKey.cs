using System.Diagnostics.CodeAnalysis;

namespace FedAi.Protocol.Crypto;

/// <summary>
/// A Nostr identity: the 32-byte x-only public key of BIP-340. Text is <c>npub1…</c> (NIP-19, lower case only) or 64 hex digits.
/// Equal keys are equal however they were written.
/// </summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    private const int NpubChars = 63;

    // The same few peers say nearly everything that is signed, and finding the point takes a seventh of a verification.
    private static readonly PublicKey?[] Recent = new PublicKey?[1024];

    private readonly byte[] bytes;
    private readonly NativeSecp256k1.XOnlyPublicKey point;
    private string? npub;
    private string? hex;

    private PublicKey(byte[] bytes, in NativeSecp256k1.XOnlyPublicKey point)
    {
        this.bytes = bytes;
        this.point = point;
    }

    /// <summary>The 32 bytes.</summary>
    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>The key as <c>npub1…</c>: the only form a keyId may have on the wire.</summary>
    public string Npub => npub ??= Bech32.Encode("npub", bytes);

    /// <summary>The key as 64 lower-case hex digits: the form events and relay filters use.</summary>
    public string Hex => hex ??= Convert.ToHexStringLower(bytes);

    /// <summary>Takes 32 bytes that are a point of the curve.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> key, [NotNullWhen(true)] out PublicKey? publicKey)
    {
        publicKey = Schnorr.TryParse(key, out var point) ? new PublicKey(key.ToArray(), point) : null;
        return publicKey is not null;
    }

    /// <summary>Reads <c>npub1…</c>. Upper case, a <c>nostr:</c> prefix, blanks and payloads other than 32 bytes are refused.</summary>
    public static bool TryParseNpub(string? text, [NotNullWhen(true)] out PublicKey? publicKey)
    {
        publicKey = null;
        if (text is not { Length: NpubChars }) return false;
        ref var recent = ref Recent[text.GetHashCode(StringComparison.Ordinal) & (Recent.Length - 1)];
        if (recent is { } seen && seen.Npub == text)
        {
            publicKey = seen;
            return true;
        }

        Span<byte> key = stackalloc byte[Schnorr.PublicKeyBytes];
        if (!Bech32.TryDecode("npub", text, key) || !TryCreate(key, out publicKey)) return false;
        recent = publicKey;
        return true;
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
    public bool Verify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature) => Schnorr.Verify(signature, digest, point);

    public bool Equals(PublicKey? other) => other is not null && bytes.AsSpan().SequenceEqual(other.bytes);

    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    /// <summary>Seeded per process: keys are made by strangers, who could else make many that fall together in a dictionary.</summary>
    public override int GetHashCode() => HashCode.Combine(BitConverter.ToInt64(bytes), BitConverter.ToInt64(bytes, 8), BitConverter.ToInt64(bytes, 16), BitConverter.ToInt64(bytes, 24));

    public override string ToString() => Npub;
}
