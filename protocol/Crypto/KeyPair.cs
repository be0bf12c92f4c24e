using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FedAi.Protocol.Crypto;

/// <summary>A Nostr identity that can sign. Its text never shows the secret; <see cref="ToNsec"/> is the one way out.</summary>
public sealed class KeyPair : IDisposable
{
    // Pinned, so that the collector leaves no copies behind and Dispose wipes the only one.
    // One element, prepared for signing: preparing costs as much as a signature.
    private readonly NativeSecp256k1.KeyPairData[] prepared;

    private KeyPair(NativeSecp256k1.KeyPairData[] prepared, PublicKey publicKey)
    {
        this.prepared = prepared;
        PublicKey = publicKey;
    }

    public PublicKey PublicKey { get; }

    /// <summary>A new random identity.</summary>
    public static KeyPair Generate()
    {
        Span<byte> candidate = stackalloc byte[Schnorr.SecretKeyBytes];
        while (true)
        {
            RandomNumberGenerator.Fill(candidate);
            if (TryCreate(candidate, out var pair))
            {
                CryptographicOperations.ZeroMemory(candidate);
                return pair;
            }
        }
    }

    /// <summary>Takes a 32-byte secret; false when it is 0 or not below the group order.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> secret, [NotNullWhen(true)] out KeyPair? pair)
    {
        pair = null;
        var prepared = GC.AllocateArray<NativeSecp256k1.KeyPairData>(1, pinned: true);
        Span<byte> key = stackalloc byte[Schnorr.PublicKeyBytes];
        if (!Schnorr.TryPrepare(secret, ref prepared[0], key) || !PublicKey.TryCreate(key, out var publicKey)) return false;
        pair = new KeyPair(prepared, publicKey);
        return true;
    }

    /// <summary>Reads <c>nsec1…</c> (NIP-19) or 64 hex digits.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out KeyPair? pair)
    {
        pair = null;
        Span<byte> key = stackalloc byte[Schnorr.SecretKeyBytes];
        var read = text is { Length: 2 * Schnorr.SecretKeyBytes }
            ? Convert.FromHexString(text, key, out _, out _) is System.Buffers.OperationStatus.Done
            : Bech32.TryDecode("nsec", text, key);
        var valid = read && TryCreate(key, out pair);
        CryptographicOperations.ZeroMemory(key);
        return valid;
    }

    /// <summary>Signs a 32-byte digest with fresh auxiliary randomness, as BIP-340 advises; 64 bytes.</summary>
    public byte[] Sign(ReadOnlySpan<byte> digest)
    {
        Span<byte> aux = stackalloc byte[32];
        RandomNumberGenerator.Fill(aux);
        return Sign(digest, aux);
    }

    /// <summary>Signs with the given auxiliary randomness: only for test vectors.</summary>
    internal byte[] Sign(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> aux)
    {
        var signature = new byte[Schnorr.SignatureBytes];
        Schnorr.Sign(prepared[0], digest, aux, signature);
        return signature;
    }

    /// <summary>The secret as <c>nsec1…</c>: for the key file and for a person who asked for it.</summary>
    public string ToNsec()
    {
        Span<byte> secret = stackalloc byte[Schnorr.SecretKeyBytes];
        Schnorr.CopySecret(prepared[0], secret);
        var nsec = Bech32.Encode("nsec", secret);
        CryptographicOperations.ZeroMemory(secret);
        return nsec;
    }

    public override string ToString() => PublicKey.Npub;

    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(prepared.AsSpan()));
}
