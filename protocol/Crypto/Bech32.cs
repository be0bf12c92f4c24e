namespace FedAi.Protocol.Crypto;

/// <summary>Bech32 (BIP-173) for the 32-byte keys of NIP-19: npub and nsec. Strict: lower case, exact length, no spare bits.</summary>
public static class Bech32
{
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int ChecksumLength = 6;
    private static readonly uint[] Generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    /// <summary>Writes <paramref name="data"/> under the given human-readable part.</summary>
    public static string Encode(string prefix, ReadOnlySpan<byte> data)
    {
        var dataLength = (data.Length * 8 + 4) / 5;
        Span<byte> values = stackalloc byte[dataLength + ChecksumLength];
        values.Clear();
        for (var bit = 0; bit < data.Length * 8; bit++)
            if ((data[bit / 8] >> (7 - bit % 8) & 1) != 0)
                values[bit / 5] |= (byte)(16 >> bit % 5);

        var checksum = Polymod(prefix, values) ^ 1;
        for (var i = 0; i < ChecksumLength; i++)
            values[dataLength + i] = (byte)(checksum >> 5 * (ChecksumLength - 1 - i) & 31);

        Span<char> text = stackalloc char[prefix.Length + 1 + values.Length];
        prefix.CopyTo(text);
        text[prefix.Length] = '1';
        for (var i = 0; i < values.Length; i++) text[prefix.Length + 1 + i] = Alphabet[values[i]];
        return new string(text);
    }

    /// <summary>Reads text with exactly this prefix and exactly as many bytes as <paramref name="data"/> holds.</summary>
    public static bool TryDecode(string prefix, string? text, Span<byte> data)
    {
        var dataLength = (data.Length * 8 + 4) / 5;
        if (text is null || text.Length != prefix.Length + 1 + dataLength + ChecksumLength) return false;
        if (!text.StartsWith(prefix, StringComparison.Ordinal) || text[prefix.Length] != '1') return false;

        Span<byte> values = stackalloc byte[dataLength + ChecksumLength];
        for (var i = 0; i < values.Length; i++)
        {
            var value = Alphabet.IndexOf(text[prefix.Length + 1 + i]);
            if (value < 0) return false;
            values[i] = (byte)value;
        }

        if (Polymod(prefix, values) != 1) return false;

        data.Clear();
        for (var bit = 0; bit < dataLength * 5; bit++)
        {
            if ((values[bit / 5] >> (4 - bit % 5) & 1) == 0) continue;
            if (bit >= data.Length * 8) return false;
            data[bit / 8] |= (byte)(128 >> bit % 8);
        }

        return true;
    }

    private static uint Polymod(string prefix, ReadOnlySpan<byte> values)
    {
        uint checksum = 1;
        foreach (var c in prefix) checksum = Step(checksum, (uint)c >> 5);
        checksum = Step(checksum, 0);
        foreach (var c in prefix) checksum = Step(checksum, (uint)c & 31);
        foreach (var value in values) checksum = Step(checksum, value);
        return checksum;
    }

    private static uint Step(uint checksum, uint value)
    {
        var top = checksum >> 25;
        checksum = (checksum & 0x1ffffff) << 5 ^ value;
        for (var i = 0; i < Generator.Length; i++)
            if ((top >> i & 1) != 0) checksum ^= Generator[i];
        return checksum;
    }
}
