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
    public static ReplayNonce Of(PublicKey key, string nonce, double ts)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. key.Bytes, .. MemoryMarshal.AsBytes(nonce.AsSpan())], hash);
        return new ReplayNonce(BinaryPrimitives.ReadUInt128BigEndian(hash), (long)Math.Ceiling(ts));
    }
}
