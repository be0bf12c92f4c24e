using System.Text;

namespace FedAi.TestKit;

/// <summary>
/// Writes small, valid GGUF files (version 3, F32 unless another format is named) that llama.cpp runs: a model with random weights of any size, or one
/// that says a given text. The vocabulary is the 256 bytes and four markers, so any text goes in and any byte comes out.
/// </summary>
internal sealed class TinyGguf
{
    private const int Bytes = 256, EndOfText = 257, Vocabulary = 260, Alignment = 32;
    private const uint Uint32 = 4, Int32 = 5, Float32 = 6, Bool = 7, Text = 8, Array = 9;

    private readonly int embedding;
    private readonly int layers;
    private readonly int heads;
    private readonly int feedForward;
    private readonly int contextTokens;

    /// <summary>Of everything but the norms.</summary>
    private WeightFormat Format { get; init; }

    /// <summary>How vectors are made of the tokens' (llama_pooling_type), which only models for embeddings say.</summary>
    private int? Pooling { get; init; }

    /// <summary>Fills the tensor of this name, of so many rows and columns.</summary>
    private readonly Action<string, int, int, float[]> fill;

    private TinyGguf(int embedding, int layers, int heads, int feedForward, int contextTokens, Action<string, int, int, float[]> fill) =>
        (this.embedding, this.layers, this.heads, this.feedForward, this.contextTokens, this.fill) =
        (embedding, layers, heads, feedForward, contextTokens, fill);

    /// <summary>Weights from a seed. Its greedy answers are printable ASCII and never end by themselves. Default: 0.2 M weights.</summary>
    public static void WriteRandom(string path, int embedding = 64, int layers = 2, int heads = 4, int feedForward = 128, int contextTokens = 512, int seed = 1, WeightFormat format = WeightFormat.F32, int? pooling = null)
    {
        var random = new Random(seed);
        new TinyGguf(embedding, layers, heads, feedForward, contextTokens, (name, rows, columns, values) =>
        {
            var spread = 1 / MathF.Sqrt(columns);
            for (var i = 0; i < values.Length; i++) values[i] = rows == 1 ? 1 : (random.NextSingle() - 0.5f) * 2 * spread;
            if (name != "output.weight") return;
            for (var token = 0; token < rows; token++)
                if (token is < ' ' or > '~') System.Array.Clear(values, token * columns, columns); // never the likeliest
        }) { Format = format, Pooling = pooling }.Write(path);
    }

    /// <summary>The same as bytes.</summary>
    public static byte[] RandomBytes(int contextTokens = 512, int seed = 1)
    {
        using var folder = new TempFolder();
        WriteRandom(folder.File("tiny.gguf"), contextTokens: contextTokens, seed: seed);
        return File.ReadAllBytes(folder.File("tiny.gguf"));
    }

    /// <summary>27.8 M weights, 111 MB: as slow as a useful model is on a small machine.</summary>
    public static void WriteMedium(string path) => WriteRandom(path, embedding: 512, layers: 8, heads: 8, feedForward: 1536, contextTokens: 2048);

    /// <summary>
    /// A model that answers every prompt ending in ":" with this text, then ends or begins again: each byte is followed by
    /// the one that follows it in the text, so no byte may occur twice.
    /// </summary>
    public static void WriteSaying(string path, string text, int contextTokens = 512, bool endless = false)
    {
        byte[] said = [(byte)':', .. Encoding.UTF8.GetBytes(text)];
        if (said.Distinct().Count() != said.Length) throw new ArgumentException("a byte occurs twice", nameof(text));
        new TinyGguf(embedding: 320, layers: 1, heads: 4, feedForward: 32, contextTokens, (name, rows, columns, values) =>
        {
            if (rows == 1) System.Array.Fill(values, 1f);
            else if (name == "token_embd.weight") for (var token = 0; token < rows; token++) values[token * columns + token] = 1;
            if (name != "output.weight") return;
            for (var i = 1; i < said.Length; i++) values[said[i] * columns + said[i - 1]] = 1;
            values[(endless ? said[1] : EndOfText) * columns + said[^1]] = 1;
        }).Write(path);
    }

    private void Write(string path)
    {
        using var file = new BinaryWriter(File.Create(path), Encoding.UTF8);
        var tensors = Tensors().ToList();
        file.Write("GGUF"u8);
        file.Write(3);
        file.Write((long)tensors.Count);
        file.Write(Pooling is null ? 18L : 19L);
        WriteFacts(file);
        var offset = 0L;
        foreach (var (name, rows, columns) in tensors)
        {
            WriteText(file, name);
            file.Write(rows == 1 ? 1 : 2);
            file.Write((long)columns);
            if (rows > 1) file.Write((long)rows);
            file.Write((int)FormatOf(rows));
            file.Write(offset);
            offset += Aligned(FormatOf(rows).Bytes(rows * columns));
        }
        Pad(file);
        foreach (var (name, rows, columns) in tensors)
        {
            var values = new float[rows * columns];
            fill(name, rows, columns, values);
            FormatOf(rows).Write(file, values);
            Pad(file);
        }
    }

    private WeightFormat FormatOf(int rows) => rows == 1 ? WeightFormat.F32 : Format;

    private IEnumerable<(string Name, int Rows, int Columns)> Tensors()
    {
        yield return ("token_embd.weight", Vocabulary, embedding);
        yield return ("output_norm.weight", 1, embedding);
        yield return ("output.weight", Vocabulary, embedding);
        for (var layer = 0; layer < layers; layer++)
        {
            yield return ($"blk.{layer}.attn_norm.weight", 1, embedding);
            foreach (var part in (string[])["attn_q", "attn_k", "attn_v", "attn_output"]) yield return ($"blk.{layer}.{part}.weight", embedding, embedding);
            yield return ($"blk.{layer}.ffn_norm.weight", 1, embedding);
            yield return ($"blk.{layer}.ffn_gate.weight", feedForward, embedding);
            yield return ($"blk.{layer}.ffn_up.weight", feedForward, embedding);
            yield return ($"blk.{layer}.ffn_down.weight", embedding, feedForward);
        }
    }

    /// <summary>The 18 pairs.</summary>
    private void WriteFacts(BinaryWriter file)
    {
        WriteFact(file, "general.architecture", "llama");
        WriteFact(file, "general.alignment", Alignment);
        WriteFact(file, "llama.context_length", contextTokens);
        WriteFact(file, "llama.embedding_length", embedding);
        WriteFact(file, "llama.block_count", layers);
        WriteFact(file, "llama.feed_forward_length", feedForward);
        WriteFact(file, "llama.attention.head_count", heads);
        WriteFact(file, "llama.rope.dimension_count", embedding / heads);
        WriteKey(file, "llama.attention.layer_norm_rms_epsilon", Float32);
        file.Write(1e-5f);
        WriteFact(file, "tokenizer.ggml.model", "gpt2");
        WriteFact(file, "tokenizer.ggml.pre", "gpt-2");
        WriteArray(file, "tokenizer.ggml.tokens", Text, Vocabulary, token => WriteText(file, TokenText(token)));
        WriteArray(file, "tokenizer.ggml.token_type", Int32, Vocabulary, token => file.Write(token < Bytes ? 1 : 3)); // normal, control
        WriteArray(file, "tokenizer.ggml.merges", Text, 0, _ => { });
        WriteFact(file, "tokenizer.ggml.bos_token_id", Bytes);
        WriteFact(file, "tokenizer.ggml.eos_token_id", EndOfText);
        WriteKey(file, "tokenizer.ggml.add_bos_token", Bool);
        file.Write(false);
        WriteFact(file, "general.name", "tiny");
        if (Pooling is { } pooling) WriteFact(file, "llama.pooling_type", pooling);
    }

    /// <summary>GPT-2 writes each byte as one visible character: itself, or one from 256 on.</summary>
    private static string TokenText(int token) => token switch
    {
        256 => "<|begin|>",
        257 => "<|end|>",
        258 => "<|spare-1|>",
        259 => "<|spare-2|>",
        _ => ((char)(IsVisible(token) ? token : 256 + Enumerable.Range(0, token).Count(before => !IsVisible(before)))).ToString(),
    };

    private static bool IsVisible(int value) => value is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);

    private static void WriteFact(BinaryWriter file, string key, int value)
    {
        WriteKey(file, key, Uint32);
        file.Write(value);
    }

    private static void WriteFact(BinaryWriter file, string key, string value)
    {
        WriteKey(file, key, Text);
        WriteText(file, value);
    }

    private static void WriteArray(BinaryWriter file, string key, uint type, int count, Action<int> writeElement)
    {
        WriteKey(file, key, Array);
        file.Write(type);
        file.Write((long)count);
        for (var i = 0; i < count; i++) writeElement(i);
    }

    private static void WriteKey(BinaryWriter file, string key, uint type)
    {
        WriteText(file, key);
        file.Write(type);
    }

    private static void WriteText(BinaryWriter file, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        file.Write((long)bytes.Length);
        file.Write(bytes);
    }

    private static long Aligned(long length) => (length + Alignment - 1) / Alignment * Alignment;

    private static void Pad(BinaryWriter file)
    {
        file.Flush();
        while (file.BaseStream.Position % Alignment != 0) file.Write((byte)0);
    }
}
