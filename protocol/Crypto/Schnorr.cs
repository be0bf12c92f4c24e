using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static FedAi.Protocol.Crypto.NativeSecp256k1;

namespace FedAi.Protocol.Crypto;

/// <summary>BIP-340 signatures over secp256k1. The context is created once and shared by all threads.</summary>
public static unsafe class Schnorr
{
    public const int PublicKeyBytes = 32;
    public const int SecretKeyBytes = 32;
    public const int SignatureBytes = 64;

    private static readonly nint Context = CreateContext();

    /// <summary>Whether <paramref name="signature"/> is a valid BIP-340 signature of <paramref name="message"/>; allocates nothing.</summary>
    public static bool Verify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> publicKey)
    {
        if (signature.Length != SignatureBytes || publicKey.Length != PublicKeyBytes) return false;
        XOnlyPublicKey parsed;
        fixed (byte* key = publicKey, sig = signature, text = message)
        {
            return secp256k1_xonly_pubkey_parse(Context, &parsed, key) == 1
                && secp256k1_schnorrsig_verify(Context, sig, text, (nuint)message.Length, &parsed) == 1;
        }
    }

    /// <summary>Whether the 32 bytes are the x coordinate of a point on the curve.</summary>
    public static bool IsPublicKey(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != PublicKeyBytes) return false;
        XOnlyPublicKey parsed;
        fixed (byte* key = publicKey) return secp256k1_xonly_pubkey_parse(Context, &parsed, key) == 1;
    }

    /// <summary>The public key of a secret; false when the secret is 0 or not below the group order.</summary>
    internal static bool TryDerive(ReadOnlySpan<byte> secret, Span<byte> publicKey)
    {
        KeyPairData pair;
        XOnlyPublicKey point;
        fixed (byte* input = secret, output = publicKey)
        {
            var valid = secret.Length == SecretKeyBytes
                && secp256k1_keypair_create(Context, &pair, input) == 1
                && secp256k1_keypair_xonly_pub(Context, &point, null, &pair) == 1
                && secp256k1_xonly_pubkey_serialize(Context, output, &point) == 1;
            CryptographicOperations.ZeroMemory(new Span<byte>(&pair, sizeof(KeyPairData)));
            return valid;
        }
    }

    /// <summary>Signs a 32-byte digest. <paramref name="aux"/> is the auxiliary randomness of BIP-340; tests pass zeros to get fixed bytes.</summary>
    internal static void Sign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> aux, Span<byte> signature)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length, 32);
        ArgumentOutOfRangeException.ThrowIfNotEqual(aux.Length, 32);
        ArgumentOutOfRangeException.ThrowIfLessThan(signature.Length, SignatureBytes);
        KeyPairData pair;
        fixed (byte* key = secret, message = digest, random = aux, output = signature)
        {
            var signed = secp256k1_keypair_create(Context, &pair, key) == 1
                && secp256k1_schnorrsig_sign32(Context, output, message, &pair, random) == 1;
            CryptographicOperations.ZeroMemory(new Span<byte>(&pair, sizeof(KeyPairData)));
            if (!signed) throw new CryptographicException("libsecp256k1 did not sign: the secret key is not valid.");
        }
    }

    private static nint CreateContext()
    {
        RegisterResolver();
        const uint contextNone = 1;
        var context = secp256k1_context_create(contextNone);
        // The library's own callback would abort the process on an API misuse.
        secp256k1_context_set_illegal_callback(context, &IgnoreIllegalArgument, null);
        var seed = stackalloc byte[32];
        RandomNumberGenerator.Fill(new Span<byte>(seed, 32));
        if (secp256k1_context_randomize(context, seed) != 1) throw new CryptographicException("libsecp256k1 could not be initialised.");
        return context;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void IgnoreIllegalArgument(byte* message, void* data) { }
}
