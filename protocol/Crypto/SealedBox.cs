using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace FedAi.Protocol.Crypto;

/// <summary>
/// HPKE in base mode (RFC 9180) with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20-Poly1305: whoever knows a public
/// key can seal messages that only the owner of the secret opens.
/// </summary>
public static class SealedBox
{
    /// <summary>Length of <c>enc</c>, the sender's public key of one use.</summary>
    public const int EncapsulatedBytes = X25519Key.Bytes;

    private static ReadOnlySpan<byte> KemSuite => "KEM\u0000\u0020"u8;

    private static ReadOnlySpan<byte> Suite => "HPKE\u0000\u0020\u0000\u0001\u0000\u0003"u8;

    /// <summary>There is no pre-shared key in base mode, so its hash never changes.</summary>
    private static readonly byte[] NoPreSharedKey = Extract(Suite, [], "psk_id_hash"u8, []);

    /// <summary>Begins to seal to a public key; false when it is no key. <paramref name="encapsulated"/> travels with the message.</summary>
    public static bool TrySend(ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> info, [NotNullWhen(true)] out byte[]? encapsulated, [NotNullWhen(true)] out SealedContext? context)
    {
        using var ephemeral = X25519Key.Generate();
        return TrySend(recipient, info, ephemeral, out encapsulated, out context);
    }

    /// <summary>Begins to open what was sealed to this key; false when <paramref name="encapsulated"/> is no public key.</summary>
    public static bool TryReceive(X25519Key recipient, ReadOnlySpan<byte> encapsulated, ReadOnlySpan<byte> info, [NotNullWhen(true)] out SealedContext? context) =>
        TryAgree(recipient, encapsulated, [.. encapsulated, .. recipient.PublicKey], info, out context);

    /// <summary>With a chosen key of one use: only for test vectors.</summary>
    internal static bool TrySend(ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> info, X25519Key ephemeral, [NotNullWhen(true)] out byte[]? encapsulated, [NotNullWhen(true)] out SealedContext? context)
    {
        encapsulated = ephemeral.PublicKey.ToArray();
        return TryAgree(ephemeral, recipient, [.. encapsulated, .. recipient], info, out context);
    }

    internal static byte[] LabeledExpand(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info, int length) =>
        Expand(Suite, secret, label, info, length);

    /// <summary>RFC 9180 §4.1 and §5.1, with an empty pre-shared key.</summary>
    private static bool TryAgree(X25519Key own, ReadOnlySpan<byte> other, ReadOnlySpan<byte> kemContext, ReadOnlySpan<byte> info, [NotNullWhen(true)] out SealedContext? context)
    {
        context = null;
        Span<byte> agreed = stackalloc byte[X25519Key.Bytes];
        if (!own.TryAgree(other, agreed)) return false;
        var shared = Expand(KemSuite, Extract(KemSuite, [], "eae_prk"u8, agreed), "shared_secret"u8, kemContext, SHA256.HashSizeInBytes);
        CryptographicOperations.ZeroMemory(agreed);

        byte[] schedule = [0x00, .. NoPreSharedKey, .. Extract(Suite, [], "info_hash"u8, info)];
        var secret = Extract(Suite, shared, "secret"u8, []);
        context = new SealedContext(
            new AeadSequence(LabeledExpand(secret, "key"u8, schedule, AeadSequence.KeyBytes), LabeledExpand(secret, "base_nonce"u8, schedule, AeadSequence.NonceBytes)),
            LabeledExpand(secret, "exp"u8, schedule, SHA256.HashSizeInBytes));
        CryptographicOperations.ZeroMemory(shared);
        CryptographicOperations.ZeroMemory(secret);
        return true;
    }

    private static byte[] Extract(ReadOnlySpan<byte> suite, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> material)
    {
        var secret = new byte[SHA256.HashSizeInBytes];
        HKDF.Extract(HashAlgorithmName.SHA256, (byte[])[.. "HPKE-v1"u8, .. suite, .. label, .. material], salt, secret);
        return secret;
    }

    private static byte[] Expand(ReadOnlySpan<byte> suite, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info, int length)
    {
        var output = new byte[length];
        HKDF.Expand(HashAlgorithmName.SHA256, secret, output, (byte[])[(byte)(length >> 8), (byte)length, .. "HPKE-v1"u8, .. suite, .. label, .. info]);
        return output;
    }
}
