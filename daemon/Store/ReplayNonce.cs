using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Store;

/// <summary>
/// A nonce one key has used: 16 bytes of SHA-256(key, nonce) instead of both, so that remembering costs the same for every
/// nonce, and its time in ms. Nobody can aim at another key's nonce: that takes 2^128 tries, and its nonce is not known before.
/// </summary>
internal readonly record struct ReplayNonce(UInt128 Id, long TsMs)
{
    /// <summary>Of a key and the longest nonce that is taken.</summary>
    private const int OnStack = 288;

    public static ReplayNonce Of(PublicKey key, string nonce, double ts)
    {
        var text = MemoryMarshal.AsBytes(nonce.AsSpan());
        var length = Schnorr.PublicKeyBytes + text.Length;
        var both = length <= OnStack ? stackalloc byte[OnStack] : new byte[length];
        key.Bytes.CopyTo(both);
        text.CopyTo(both[Schnorr.PublicKeyBytes..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(both[..length], hash);
        return new ReplayNonce(BinaryPrimitives.ReadUInt128BigEndian(hash), (long)Math.Ceiling(ts));
    }
}
