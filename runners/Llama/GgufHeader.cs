using System.Buffers.Binary;
using System.Text;

namespace FedAi.Runners.Llama;

/// <summary>
/// The few facts that the supervisor needs from a model's file (GGUF, version 2 or 3) before it starts anything. The file
/// counts as hostile: every length is checked against what is left of it.
/// </summary>
internal sealed class GgufHeader
{
    private const int MostPairs = 65_536, MostKeyBytes = 65_535;
    private static readonly int[] SizeOfType = [1, 1, 2, 2, 4, 4, 4, 1, -1, -1, 8, 8, 8]; // string and array have their own
    private const uint StringType = 8, ArrayType = 9;

    private readonly Dictionary<string, long> numbers = [];

    private string architecture = "";

    private GgufHeader()
    {
    }

    /// <summary>Tokens the model was trained for; 0 when the file does not say.</summary>
    public long ContextTokens => Number("context_length");

    /// <summary>Bytes that keys and values (16 bits each) of one token take in all layers; 0 when the file does not say.</summary>
    public long CacheBytesPerToken
    {
        get
        {
            var heads = Math.Max(1, Number("attention.head_count"));
            var keyValueHeads = Number("attention.head_count_kv") is > 0 and var count ? count : heads;
            var perHead = Number("attention.key_length") is > 0 and var length ? length : Number("embedding_length") / heads;
            return 2 * sizeof(ushort) * Number("block_count") * keyValueHeads * perHead;
        }
    }

    /// <summary>Null and what is wrong when the stream is no GGUF file or ends early.</summary>
    public static GgufHeader? TryRead(Stream file, out string? problem)
    {
        problem = "it is no GGUF file";
        Span<byte> start = stackalloc byte[24]; // magic, version, number of tensors, number of pairs
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start[..4].SequenceEqual("GGUF"u8)) return null;
        var version = BinaryPrimitives.ReadUInt32LittleEndian(start[4..]);
        problem = $"its GGUF version is {version}, known are 2 and 3";
        if (version is not (2 or 3)) return null;
        problem = "it is damaged or cut off";
        var pairs = BinaryPrimitives.ReadUInt64LittleEndian(start[16..]);
        if (pairs > MostPairs) return null;
        var header = new GgufHeader();
        try
        {
            for (var i = 0UL; i < pairs; i++) header.ReadPair(file);
        }
        catch (Exception exception) when (exception is EndOfStreamException or InvalidDataException)
        {
            return null;
        }
        problem = null;
        return header;
    }

    private long Number(string key) => numbers.GetValueOrDefault($"{architecture}.{key}") is var value and >= 0 and < int.MaxValue ? value : 0;

    private void ReadPair(Stream file)
    {
        var key = ReadText(file);
        var type = (uint)ReadNumber(file, 4);
        if (type == StringType && key == "general.architecture") architecture = ReadText(file);
        else if (type is StringType or ArrayType) SkipValue(file, type);
        else if (SizeOf(type) is var size && type is 4 or 5 or 10 or 11) numbers[key] = ReadNumber(file, size);
        else Skip(file, (ulong)size);
    }

    private static void SkipValue(Stream file, uint type)
    {
        if (type == StringType)
        {
            Skip(file, (ulong)ReadNumber(file, 8));
            return;
        }
        var element = (uint)ReadNumber(file, 4);
        var count = (ulong)ReadNumber(file, 8);
        if (element == ArrayType) throw new InvalidDataException();
        if (element != StringType) Skip(file, checked(Math.Min(count, long.MaxValue / 8) * (ulong)SizeOf(element)));
        else for (var i = 0UL; i < count; i++) Skip(file, (ulong)ReadNumber(file, 8)); // ends with the file at the latest
    }

    private static int SizeOf(uint type) => type < SizeOfType.Length && SizeOfType[type] > 0 ? SizeOfType[type] : throw new InvalidDataException();

    private static string ReadText(Stream file)
    {
        var length = ReadNumber(file, 8);
        if (length is < 0 or > MostKeyBytes) throw new InvalidDataException();
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private static long ReadNumber(Stream file, int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        file.ReadExactly(bytes[..size]);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    private static void Skip(Stream file, ulong bytes)
    {
        if (bytes > (ulong)(file.Length - file.Position)) throw new EndOfStreamException();
        file.Seek((long)bytes, SeekOrigin.Current);
    }
}
