using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using FedAi.Protocol.Crypto;

namespace FedAi.Protocol.Nostr;

/// <summary>32 bytes that travel as 64 lower-case hex digits: the id or the author of an event (NIP-01).</summary>
public readonly struct Hex32 : IEquatable<Hex32>
{
    public const int Bytes = 32;
    public const int Digits = 2 * Bytes;

    private readonly ulong a, b, c, d;

    private Hex32(ReadOnlySpan<ulong> words) => (a, b, c, d) = (words[0], words[1], words[2], words[3]);

    /// <summary>The author an identity signs events as.</summary>
    public static Hex32 From(PublicKey key) => From(key.Bytes);

    /// <summary>The identity that signs as this author; false when no point of the curve has it.</summary>
    public bool TryGetKey([NotNullWhen(true)] out PublicKey? key)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        CopyTo(bytes);
        return PublicKey.TryCreate(bytes, out key);
    }

    public static Hex32 From(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Bytes);
        return new Hex32(MemoryMarshal.Cast<byte, ulong>(bytes));
    }

    /// <summary>Reads exactly 64 lower-case digits in ASCII; upper case is another text for the same bytes and therefore refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> digits, out Hex32 value)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        var valid = TryParse(digits, bytes);
        value = valid ? From(bytes) : default;
        return valid;
    }

    public static bool TryParse(string? digits, out Hex32 value)
    {
        value = default;
        if (digits is not { Length: Digits }) return false;
        Span<byte> ascii = stackalloc byte[Digits];
        return System.Text.Ascii.FromUtf16(digits, ascii, out _) == System.Buffers.OperationStatus.Done && TryParse(ascii, out value);
    }

    public void CopyTo(Span<byte> bytes) => MemoryMarshal.Write(bytes, in this);

    public bool Equals(Hex32 other) => a == other.a && b == other.b && c == other.c && d == other.d;

    public override bool Equals(object? obj) => obj is Hex32 other && Equals(other);

    // HashCode is seeded per process, so nobody can choose ids that collide in our tables.
    public override int GetHashCode() => HashCode.Combine(a, b, c, d);

    /// <summary>As the hex texts compare: NIP-01 prefers the lower id.</summary>
    public int CompareTo(Hex32 other)
    {
        Span<byte> left = stackalloc byte[Bytes];
        Span<byte> right = stackalloc byte[Bytes];
        CopyTo(left);
        other.CopyTo(right);
        return left.SequenceCompareTo(right);
    }

    public static bool operator ==(Hex32 left, Hex32 right) => left.Equals(right);

    public static bool operator !=(Hex32 left, Hex32 right) => !left.Equals(right);

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Fills <paramref name="bytes"/> from twice as many lower-case digits.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> digits, Span<byte> bytes) =>
        digits.Length == 2 * bytes.Length
        && !digits.ContainsAnyInRange((byte)'A', (byte)'F')
        && Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
}
