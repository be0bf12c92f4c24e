using System.Buffers.Binary;
using System.Text;

namespace FedAi.Runners.Llama;

/// <summary>
/// A model whose numbers are all zero. It says nothing, and goes through its numbers as quickly as any other of its shape and format. Zeros need not
/// be written: most of its file is a hole. The context of a real one is slower where a head fills no whole vectors: llama.cpp then looks numbers up
/// in a table, which the first cache holds only while they are all the same. So a small one can be written with noise too.
/// </summary>
/// <param name="Format">Of all numbers but the norms, by its code in GGUF files; some want a width and a feed-forward of whole 256.</param>
/// <param name="Width">Of the embedding.</param>
/// <param name="HeadSize">Of which the width is a multiple.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="FeedForward">Width inside a block.</param>
public sealed record ZeroShape(uint Format, int Width, int HeadSize, int Layers, int FeedForward)
{
    private const string Output = "output.weight";
    private const int Alignment = 32, Markers = 2, NormalToken = 1, ControlToken = 3;
    /// <summary>The tokens that can be answered with noise: ASCII that is seen, so that each is a character of its own.</summary>
    private const int Answers = '~' - '!' + 1;

    private const uint NoiseFormat = 8;
    private const int BlockNumbers = 32, BlockBytes = 34;

    private const uint Uint32 = 4, Int32 = 5, Float32 = 6, Bool = 7, Text = 8, Array = 9, F32 = 0;

    /// <summary>Those that a token goes through, as good as all.</summary>
    public double Numbers => Layers * (double)Width * ((4 * Width) + (3 * FeedForward));

    /// <summary>Of the same in the file.</summary>
    public double Bytes => Numbers * new WeightCount(Format, Numbers).BytesEach;

    /// <summary>Writes it as a GGUF file; with noise only in Q8_0.</summary>
    public void Write(string path, int contextTokens, bool noise = false)
    {
        if (noise && Format != NoiseFormat) throw new ArgumentException("noise is written in Q8_0 only", nameof(noise));
        using var file = new BinaryWriter(File.Create(path), Encoding.UTF8);
        string[] vocabulary = [.. SingleBytes(), "<|begin|>", "<|end|>"];
        var tensors = Tensors(vocabulary.Length).ToList();
        List<Action> facts =
        [
            () => Fact("general.architecture", Text, () => Write("llama")),
            () => Number("llama.context_length", contextTokens),
            () => Number("llama.embedding_length", Width),
            () => Number("llama.block_count", Layers),
            () => Number("llama.feed_forward_length", FeedForward),
            () => Number("llama.attention.head_count", Width / HeadSize),
            () => Number("llama.rope.dimension_count", HeadSize),
            () => Fact("llama.attention.layer_norm_rms_epsilon", Float32, () => file.Write(1e-5f)),
            () => Fact("tokenizer.ggml.model", Text, () => Write("gpt2")),
            () => Fact("tokenizer.ggml.pre", Text, () => Write("gpt-2")),
            () => List("tokenizer.ggml.tokens", Text, vocabulary.Length, at => Write(vocabulary[at])),
            () => List("tokenizer.ggml.token_type", Int32, vocabulary.Length, at => file.Write(at < vocabulary.Length - Markers ? NormalToken : ControlToken)),
            () => List("tokenizer.ggml.merges", Text, 0, _ => { }),
            () => Number("tokenizer.ggml.bos_token_id", vocabulary.Length - 2),
            () => Number("tokenizer.ggml.eos_token_id", vocabulary.Length - 1),
            () => Fact("tokenizer.ggml.add_bos_token", Bool, () => file.Write(false)),
        ];
        file.Write("GGUF"u8);
        file.Write(3);
        file.Write((long)tensors.Count);
        file.Write((long)facts.Count);
        foreach (var write in facts) write();
        var bytes = 0L;
        foreach (var (name, rows, columns) in tensors)
        {
            var count = new WeightCount(rows == 1 ? F32 : Format, (double)rows * columns);
            Write(name);
            file.Write(rows == 1 ? 1 : 2);
            file.Write((long)columns);
            if (rows > 1) file.Write((long)rows);
            file.Write(count.Format);
            file.Write(bytes);
            bytes = Aligned(bytes + (long)(count.Count * count.BytesEach));
        }

        file.Flush();
        var data = Aligned(file.BaseStream.Position);
        file.BaseStream.SetLength(data + bytes);
        if (noise) Noise(data);

        void Write(string text)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            file.Write((long)utf8.Length);
            file.Write(utf8);
        }

        // Norms of one, and blocks that keep what goes through them about as large as it was.
        void Noise(long begin)
        {
            var random = new Random(1);
            Span<byte> block = stackalloc byte[BlockBytes];
            foreach (var (name, rows, columns) in tensors)
            {
                file.BaseStream.Position = begin;
                var each = new WeightCount(rows == 1 ? F32 : Format, (double)rows * columns);
                begin = Aligned(begin + (long)(each.Count * each.BytesEach));
                for (var at = 0; rows == 1 && at < columns; at++) file.Write(1f);
                for (var at = 0; rows > 1 && at < (name == Output ? Answers : rows) * columns / BlockNumbers; at++)
                {
                    random.NextBytes(block);
                    BinaryPrimitives.WriteHalfLittleEndian(block, (Half)(1 / (74 * Math.Sqrt(columns))));
                    file.Write(block);
                }

                file.Flush();
            }
        }

        void Fact(string key, uint type, Action value)
        {
            Write(key);
            file.Write(type);
            value();
        }

        void Number(string key, int number) => Fact(key, Uint32, () => file.Write(number));

        void List(string key, uint type, int count, Action<int> element) => Fact(key, Array, () =>
        {
            file.Write(type);
            file.Write((long)count);
            for (var at = 0; at < count; at++) element(at);
        });
    }

    /// <summary>Every byte as GPT-2 writes it: those that can be seen as themselves, and the others as what follows the first 256 characters.</summary>
    private static IEnumerable<string> SingleBytes()
    {
        static bool IsVisible(int value) => value is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);
        var all = Enumerable.Range(0, 256).ToLookup(IsVisible);
        return all[true].Concat(all[false].Select((_, at) => 256 + at)).Select(value => ((char)value).ToString());
    }

    private IEnumerable<(string Name, int Rows, int Columns)> Tensors(int vocabulary)
    {
        yield return ("token_embd.weight", vocabulary, Width);
        yield return ("output_norm.weight", 1, Width);
        yield return (Output, vocabulary, Width);
        for (var layer = 0; layer < Layers; layer++)
        {
            yield return ($"blk.{layer}.attn_norm.weight", 1, Width);
            foreach (var part in (string[])["attn_q", "attn_k", "attn_v", "attn_output"]) yield return ($"blk.{layer}.{part}.weight", Width, Width);
            yield return ($"blk.{layer}.ffn_norm.weight", 1, Width);
            yield return ($"blk.{layer}.ffn_gate.weight", FeedForward, Width);
            yield return ($"blk.{layer}.ffn_up.weight", FeedForward, Width);
            yield return ($"blk.{layer}.ffn_down.weight", Width, FeedForward);
        }
    }

    private static long Aligned(long length) => (length + Alignment - 1) / Alignment * Alignment;
}
