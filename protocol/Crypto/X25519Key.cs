using System.Security.Cryptography;

namespace FedAi.Protocol.Crypto;

/// <summary>A key pair that messages can be sealed to. The secret has no way out, and is wiped by <see cref="Dispose"/>.</summary>
public sealed class X25519Key : IDisposable
{
    public const int Bytes = Sodium.KeyBytes;

    // Pinned, so that the collector leaves no copies behind and Dispose wipes the only one.
    private readonly byte[] secret = GC.AllocateArray<byte>(Bytes, pinned: true);
    private readonly byte[] publicKey = new byte[Bytes];

    /// <summary>Takes a 32-byte secret: only for test vectors.</summary>
    internal X25519Key(ReadOnlySpan<byte> secret)
    {
        secret.CopyTo(this.secret);
        Sodium.PublicKey(this.secret, publicKey);
    }

    private X25519Key()
    {
        RandomNumberGenerator.Fill(secret);
        Sodium.PublicKey(secret, publicKey);
    }

    public ReadOnlySpan<byte> PublicKey => publicKey;

    public static X25519Key Generate() => new();

    public void Dispose() => CryptographicOperations.ZeroMemory(secret);

    internal bool TryAgree(ReadOnlySpan<byte> other, Span<byte> shared) => Sodium.TryAgree(secret, other, shared);
}
