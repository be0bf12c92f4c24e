using System.Diagnostics.CodeAnalysis;

namespace FedAi.Protocol.Envelopes;

/// <summary>Hides the exact length of what is sealed: 0x80 and zeros up to a whole number of blocks (ISO/IEC 7816-4).</summary>
internal static class SealPadding
{
    private const byte Mark = 0x80;

    public static byte[] Pad(ReadOnlySpan<byte> text, int block)
    {
        var padded = new byte[(text.Length / block + 1) * block];
        text.CopyTo(padded);
        padded[text.Length] = Mark;
        return padded;
    }

    /// <summary>False when there is no mark.</summary>
    public static bool TryRemove(byte[] padded, [NotNullWhen(true)] out ReadOnlyMemory<byte>? text)
    {
        var mark = padded.AsSpan().LastIndexOfAnyExcept((byte)0);
        text = mark >= 0 && padded[mark] == Mark ? padded.AsMemory(0, mark) : null;
        return text is not null;
    }
}
