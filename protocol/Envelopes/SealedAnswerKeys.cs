using System.Security.Cryptography;
using FedAi.Protocol.Crypto;

namespace FedAi.Protocol.Envelopes;

/// <summary>The key of a sealed answer, as RFC 9458 §4.4 derives it from the request's secret and a nonce of the node's.</summary>
internal static class SealedAnswerKeys
{
    public const int SecretBytes = 32;

    /// <summary>The node's nonce, at the head of the first frame.</summary>
    public const int NonceBytes = 32;

    /// <summary>A multiple of this is the length of everything in a frame.</summary>
    public const int BlockBytes = 64;

    /// <summary>Ends a frame in the text of an answer; base64 has no such character.</summary>
    public const char FrameEnd = '.';

    /// <summary>Ends the last frame, to say how to open it; that it is the last one, <see cref="Last"/> proves.</summary>
    public const char LastFrameEnd = '!';

    /// <summary>Associated data of the last frame; the others have none. An answer that was cut off therefore has no end.</summary>
    public static ReadOnlySpan<byte> Last => "final"u8;

    public static AeadSequence Derive(ReadOnlySpan<byte> encapsulated, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> nonce)
    {
        Span<byte> extracted = stackalloc byte[SHA256.HashSizeInBytes];
        HKDF.Extract(HashAlgorithmName.SHA256, secret, (byte[])[.. encapsulated, .. nonce], extracted);
        Span<byte> key = stackalloc byte[AeadSequence.KeyBytes];
        HKDF.Expand(HashAlgorithmName.SHA256, extracted, key, "key"u8);
        Span<byte> baseNonce = stackalloc byte[AeadSequence.NonceBytes];
        HKDF.Expand(HashAlgorithmName.SHA256, extracted, baseNonce, "nonce"u8);
        return new AeadSequence(key, baseNonce);
    }
}
