using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FedAi.Protocol.Crypto;

/// <summary>X25519 (RFC 7748) by the distribution's libsodium: what .NET has not. Used by <see cref="X25519Key"/> and nobody else.</summary>
internal static unsafe partial class Sodium
{
    public const int KeyBytes = 32;

    static Sodium()
    {
        NativeLibraries.Register("sodium",
            "libsodium is missing. Install the package libsodium23 (Debian, Ubuntu), or run ./fedai.sh setup.",
            "libsodium.so.26", "libsodium.so.23");
        if (sodium_init() < 0) throw new CryptographicException("libsodium could not be initialised.");
    }

    /// <summary>The public key of a secret.</summary>
    public static void PublicKey(ReadOnlySpan<byte> secret, Span<byte> publicKey)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, KeyBytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(publicKey.Length, KeyBytes);
        fixed (byte* n = secret, q = publicKey) _ = crypto_scalarmult_curve25519_base(q, n);
    }

    /// <summary>The secret shared with the owner of another public key; false for a point of low order, which would make it known to everybody.</summary>
    public static bool TryAgree(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> publicKey, Span<byte> shared)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, KeyBytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(shared.Length, KeyBytes);
        if (publicKey.Length != KeyBytes) return false;
        fixed (byte* n = secret, p = publicKey, q = shared) return crypto_scalarmult_curve25519(q, n, p) == 0;
    }

    [LibraryImport("sodium")] private static partial int sodium_init();
    [LibraryImport("sodium")] private static partial int crypto_scalarmult_curve25519(byte* shared, byte* secret, byte* publicKey);
    [LibraryImport("sodium")] private static partial int crypto_scalarmult_curve25519_base(byte* publicKey, byte* secret);
}
