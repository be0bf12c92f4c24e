using System.Buffers.Binary;
using System.Text;

namespace FedAi.Runners.Llama;

/// <summary>
/// The few facts that are needed from a model's file (GGUF, version 2 or 3) before anything is started or even downloaded.
/// The file counts as hostile: every length is held against what is left of it, and time and memory have an end whatever it says.
/// </summary>
internal sealed class GgufHeader
{
    /// <summary>Far above what models have (hundreds of pairs, thousands of tensors, a quarter million tokens), and read in a second.</summary>
    private const int MostPairs = 65_536, MostTensors = 65_536, MostTexts = 1 << 24, MostKept = 64;

    private const int MostKeyBytes = 65_535, MostDimensions = 4;
    private const uint StringType = 8, ArrayType = 9;
    private static readonly int[] SizeOfType = [1, 1, 2, 2, 4, 4, 4, 1, -1, -1, 8, 8, 8]; // string and array have their own

    /// <summary>Ends of the keys that are kept; the architecture's name stands before them and may come later.</summary>
    private static readonly string[] Kept =
        [".context_length", ".attention.head_count", ".attention.head_count_kv", ".attention.key_length", ".embedding_length", ".block_count", ".expert_count", ".expert_used_count", "general.alignment", "split.count"];

    private readonly Dictionary<string, long> numbers = [];

    /// <summary>How many numbers of each format the tensors hold: all, of those of the experts, and of the table that one row is taken from.</summary>
    private readonly Dictionary<uint, (double All, double Experts, double Table)> weights = [];

    private bool hasOutput;
    private readonly Stream file;
    private readonly long fileBytes;
    private string architecture = "";
    private string lastKey = "";
    private int texts;

    private GgufHeader(Stream file, long fileBytes) => (this.file, this.fileBytes) = (file, fileBytes);

    /// <summary>Tokens the model was trained for; 0 when the file does not say.</summary>
    public long ContextTokens => Number("context_length");

    /// <summary>Bytes that keys and values (16 bits each) of one token take in all layers; 0 when the file does not say.</summary>
    public long CacheBytesPerToken
    {
        get
        {
            var keyValueHeads = Number("attention.head_count_kv") is > 0 and var count ? count : Heads;
            var perLayer = (Int128)2 * sizeof(ushort) * keyValueHeads * HeadSize;
            return (long)Int128.Min(long.MaxValue / 4, perLayer * Number("block_count"));
        }
    }

    public long Layers => Number("block_count");

    /// <summary>Heads of each layer, which each go through the context.</summary>
    public long Heads => Math.Max(1, Number("attention.head_count"));

    /// <summary>Numbers of one head's key.</summary>
    public long HeadSize => Number("attention.key_length") is > 0 and var length ? length : Number("embedding_length") / Heads;

    /// <summary>Numbers of each format (its code in the file) that one token goes through: of experts only those it is sent to, and the table of tokens only where it also makes the output.</summary>
    public IEnumerable<(uint Format, double Count)> WeightsPerToken
    {
        get
        {
            var (experts, used) = (Number("expert_count"), Number("expert_used_count"));
            var share = experts > 0 && used > 0 && used < experts ? used / (double)experts : 1;
            return weights.Select(format => (format.Key, format.Value.All - format.Value.Experts * (1 - share) - (hasOutput ? format.Value.Table : 0)));
        }
    }

    /// <summary>Whether the memory the model takes is known. Of the start of a file it is once the vocabulary begins, which comes after it.</summary>
    public bool IsEnough { get; private set; }

    /// <summary>Null and what is wrong when the stream is no GGUF file or ends early.</summary>
    public static GgufHeader? TryRead(Stream file, out string? problem) => TryRead(file, file.Length, out problem);

    /// <summary>The same of a file's start only, of which more lies elsewhere: what is not there yet is no problem, and <see cref="IsEnough"/> says whether it is needed.</summary>
    public static GgufHeader? TryRead(Stream start, long fileBytes, out string? problem)
    {
        var header = new GgufHeader(start, fileBytes);
        try
        {
            problem = header.Read();
            header.IsEnough = problem is null;
        }
        catch (EndOfStreamException)
        {
            problem = start.Length < fileBytes ? null : "it is damaged or cut off";
            header.IsEnough = header.Number("block_count") > 0 && header.lastKey.StartsWith("tokenizer.", StringComparison.Ordinal);
        }
        catch (InvalidDataException)
        {
            problem = "it is damaged or cut off";
        }
        return problem is null ? header : null;
    }

    private string? Read()
    {
        Span<byte> start = stackalloc byte[24]; // magic, version, number of tensors, number of pairs
        if (fileBytes < start.Length) return "it is no GGUF file";
        file.ReadExactly(start);
        if (!start[..4].SequenceEqual("GGUF"u8)) return "it is no GGUF file";
        var version = BinaryPrimitives.ReadUInt32LittleEndian(start[4..]);
        if (version is not (2 or 3)) return $"its GGUF version is {version}, known are 2 and 3";
        var (tensors, pairs) = (BinaryPrimitives.ReadUInt64LittleEndian(start[8..]), BinaryPrimitives.ReadUInt64LittleEndian(start[16..]));
        if (pairs > MostPairs || tensors > MostTensors) throw new InvalidDataException();
        for (var i = 0UL; i < pairs; i++) ReadPair();
        if (numbers.GetValueOrDefault("split.count") is > 1 and var parts)
            return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"it is one of {parts} parts of a model; join them first (llama-gguf-split --merge)");
        return ReadTensors((int)tensors);
    }

    private long Number(string key) => numbers.GetValueOrDefault($"{architecture}.{key}") is var value and >= 0 and < int.MaxValue ? value : 0;

    private void ReadPair()
    {
        var key = lastKey = ReadText(MostKeyBytes);
        var type = (uint)ReadNumber(4);
        if (type == StringType && key == "general.architecture") architecture = ReadText(MostKeyBytes);
        else if (type is StringType or ArrayType) SkipValue(type);
        else if (SizeOf(type) is var size && type is 2 or 4 or 5 or 10 or 11) Keep(key, ReadNumber(size));
        else Skip((ulong)size);
    }

    private void Keep(string key, long number)
    {
        if (numbers.Count < MostKept && key.Length <= 256 && Array.Exists(Kept, end => key.EndsWith(end, StringComparison.Ordinal))) numbers[key] = number;
    }

    private void SkipValue(uint type)
    {
        if (type == StringType)
        {
            Skip((ulong)ReadNumber(8));
            return;
        }
        var element = (uint)ReadNumber(4);
        var count = (ulong)ReadNumber(8);
        if (element != StringType)
        {
            var size = (ulong)SizeOf(element);
            Skip(count <= ulong.MaxValue / size ? count * size : ulong.MaxValue);
            return;
        }
        for (var i = 0UL; i < count; i++)
        {
            if (++texts > MostTexts) throw new InvalidDataException();
            Skip((ulong)ReadNumber(8));
        }
    }

    /// <summary>Whether the weights that the header names can lie in a file of this length. Their exact sizes are llama.cpp's to check; no format takes less than one bit each.</summary>
    private string? ReadTensors(int count)
    {
        var most = UInt128.Zero;
        for (var i = 0; i < count; i++)
        {
            var name = ReadText(MostKeyBytes);
            var dimensions = (uint)ReadNumber(4);
            if (dimensions > MostDimensions) throw new InvalidDataException();
            var bits = UInt128.One;
            for (var d = 0; d < dimensions; d++)
            {
                bits *= (ulong)ReadNumber(8);
                if (bits > ulong.MaxValue) throw new InvalidDataException();
            }
            Count(name, (uint)ReadNumber(4), (double)bits);
            most = UInt128.Max(most, (ulong)ReadNumber(8) + bits / 8);
        }
        var alignment = numbers.GetValueOrDefault("general.alignment", 32);
        if (alignment is < 1 or > 1 << 20) throw new InvalidDataException();
        var data = (file.Position + alignment - 1) / alignment * alignment;
        return count == 0 || most + (ulong)data <= (ulong)fileBytes ? null : "it is damaged or cut off: its header names weights beyond its end";
    }

    private void Count(string name, uint format, double count)
    {
        if (weights.Count >= MostKept && !weights.ContainsKey(format)) return;
        var (all, experts, table) = weights.GetValueOrDefault(format);
        weights[format] = (all + count, experts + (name.Contains("_exps.", StringComparison.Ordinal) ? count : 0), table + (name == "token_embd.weight" ? count : 0));
        hasOutput |= name == "output.weight";
    }

    private static int SizeOf(uint type) => type < SizeOfType.Length && SizeOfType[type] > 0 ? SizeOfType[type] : throw new InvalidDataException();

    private string ReadText(int mostBytes)
    {
        var length = ReadNumber(8);
        if (length < 0 || length > mostBytes) throw new InvalidDataException();
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private long ReadNumber(int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        file.ReadExactly(bytes[..size]);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    private void Skip(ulong bytes)
    {
        if (bytes > (ulong)(fileBytes - file.Position)) throw new InvalidDataException();
        if (bytes > (ulong)(file.Length - file.Position)) throw new EndOfStreamException();
        file.Seek((long)bytes, SeekOrigin.Current);
    }
}
