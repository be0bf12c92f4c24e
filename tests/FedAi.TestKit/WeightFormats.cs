using System.Runtime.InteropServices;

namespace FedAi.TestKit;

/// <summary>Writes numbers as a GGUF file holds them: whole, halved, or in blocks of 32 that share a scale.</summary>
internal static class WeightFormats
{
    private const int Block = 32;

    public static long Bytes(this WeightFormat format, long count) => format switch
    {
        WeightFormat.F16 => count * 2,
        WeightFormat.Q8_0 => count / Block * (2 + Block),
        WeightFormat.Q4_0 => count / Block * (2 + Block / 2),
        _ => count * 4,
    };

    public static void Write(this WeightFormat format, BinaryWriter file, float[] values)
    {
        switch (format)
        {
            case WeightFormat.F16:
                file.Write(MemoryMarshal.AsBytes(values.Select(value => (Half)value).ToArray().AsSpan()));
                break;
            case WeightFormat.Q8_0 or WeightFormat.Q4_0:
                foreach (var block in values.Chunk(Block)) WriteBlock(file, block, format == WeightFormat.Q8_0);
                break;
            default:
                file.Write(MemoryMarshal.AsBytes<float>(values));
                break;
        }
    }

    private static void WriteBlock(BinaryWriter file, float[] block, bool eightBits)
    {
        var most = block.Max(MathF.Abs);
        var scale = most / (eightBits ? 127 : 8);
        file.Write((Half)scale);
        if (eightBits)
        {
            foreach (var value in block) file.Write((sbyte)(scale == 0 ? 0 : MathF.Round(value / scale)));
            return;
        }

        int Nibble(float value) => scale == 0 ? 8 : Math.Clamp((int)MathF.Round(value / scale) + 8, 0, 15);
        for (var i = 0; i < Block / 2; i++) file.Write((byte)(Nibble(block[i]) | (Nibble(block[i + Block / 2]) << 4)));
    }
}
