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
    public static bool Verify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> publicKey) =>
        TryParse(publicKey, out var point) && Verify(signature, message, point);

    /// <summary>The same with a point that was parsed before, which costs a tenth of a verification.</summary>
    internal static bool Verify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, in XOnlyPublicKey publicKey)
    {
        if (signature.Length != SignatureBytes) return false;
        fixed (XOnlyPublicKey* point = &publicKey)
        fixed (byte* sig = signature, text = message)
            return secp256k1_schnorrsig_verify(Context, sig, text, (nuint)message.Length, point) == 1;
    }

    /// <summary>The point whose x coordinate the 32 bytes are; false when no point of the curve has it.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> publicKey, out XOnlyPublicKey point)
    {
        point = default;
        if (publicKey.Length != PublicKeyBytes) return false;
        fixed (XOnlyPublicKey* output = &point)
        fixed (byte* key = publicKey)
            return secp256k1_xonly_pubkey_parse(Context, output, key) == 1;
    }

    /// <summary>Prepares a secret for signing and gives its public key; false when the secret is 0 or not below the group order.</summary>
    internal static bool TryPrepare(ReadOnlySpan<byte> secret, ref KeyPairData prepared, Span<byte> publicKey)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(publicKey.Length, PublicKeyBytes);
        XOnlyPublicKey point;
        fixed (KeyPairData* pair = &prepared)
        fixed (byte* input = secret, output = publicKey)
        {
            return secret.Length == SecretKeyBytes
                && secp256k1_keypair_create(Context, pair, input) == 1
                && secp256k1_keypair_xonly_pub(Context, &point, null, pair) == 1
                && secp256k1_xonly_pubkey_serialize(Context, output, &point) == 1;
        }
    }

    /// <summary>Copies the 32-byte secret out; zero it after use.</summary>
    internal static void CopySecret(in KeyPairData prepared, Span<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(secret.Length, SecretKeyBytes);
        fixed (KeyPairData* pair = &prepared)
        fixed (byte* output = secret)
            _ = secp256k1_keypair_sec(Context, output, pair);
    }

    /// <summary>Signs a 32-byte digest. <paramref name="aux"/> is the auxiliary randomness of BIP-340; tests pass zeros to get fixed bytes.</summary>
    internal static void Sign(in KeyPairData prepared, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> aux, Span<byte> signature)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length, 32);
        ArgumentOutOfRangeException.ThrowIfNotEqual(aux.Length, 32);
        ArgumentOutOfRangeException.ThrowIfLessThan(signature.Length, SignatureBytes);
        fixed (KeyPairData* pair = &prepared)
        fixed (byte* message = digest, random = aux, output = signature)
            if (secp256k1_schnorrsig_sign32(Context, output, message, pair, random) != 1)
                throw new CryptographicException("libsecp256k1 did not sign: the key was disposed of.");
    }

    private static nint CreateContext()
    {
        RegisterLibrary();
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
