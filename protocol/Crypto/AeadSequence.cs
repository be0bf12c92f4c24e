using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace FedAi.Protocol.Crypto;

/// <summary>
/// Messages under one key, in order: each nonce is the base nonce XOR the message's number (RFC 9180 §5.2), so what was left
/// out, repeated or moved does not open. Not for two threads at once.
/// </summary>
public sealed class AeadSequence : IDisposable
{
    public const int KeyBytes = 32;
    public const int NonceBytes = 12;
    public const int TagBytes = 16;

    private readonly ChaCha20Poly1305 cipher;
    private readonly byte[] baseNonce;
    private ulong number;

    public AeadSequence(ReadOnlySpan<byte> key, ReadOnlySpan<byte> baseNonce)
    {
        cipher = new ChaCha20Poly1305(key);
        this.baseNonce = baseNonce.ToArray();
    }

    /// <summary>The ciphertext of the next message, its tag at the end.</summary>
    public byte[] Seal(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> text)
    {
        var output = new byte[text.Length + TagBytes];
        Span<byte> nonce = stackalloc byte[NonceBytes];
        NextNonce(nonce);
        cipher.Encrypt(nonce, text, output.AsSpan(0, text.Length), output.AsSpan(text.Length), associatedData);
        number++;
        return output;
    }

    /// <summary>The text of the next message; false, and no step further, when it is another message or was changed.</summary>
    public bool TryOpen(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> message, [NotNullWhen(true)] out byte[]? text)
    {
        text = null;
        if (message.Length < TagBytes) return false;
        var output = new byte[message.Length - TagBytes];
        Span<byte> nonce = stackalloc byte[NonceBytes];
        NextNonce(nonce);
        try
        {
            cipher.Decrypt(nonce, message[..^TagBytes], message[^TagBytes..], output, associatedData);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        number++;
        text = output;
        return true;
    }

    public void Dispose() => cipher.Dispose();

    private void NextNonce(Span<byte> nonce)
    {
        baseNonce.CopyTo(nonce);
        Span<byte> counter = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(counter, number);
        for (var i = 0; i < counter.Length; i++) nonce[NonceBytes - counter.Length + i] ^= counter[i];
    }
}
