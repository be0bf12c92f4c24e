using System.Text;

namespace FedAi.TestKit;

/// <summary>
/// Writes small, valid GGUF files (version 3, F32 unless another format is named) that llama.cpp runs: a model with random weights of any size, or one
/// that says a given text. The vocabulary is the 256 bytes and some markers, so any text goes in and any byte comes out.
/// </summary>
internal sealed class TinyGguf
{
    private const int Bytes = 256, EndOfText = 257, Alignment = 32;
    private const uint Uint32 = 4, Int32 = 5, Float32 = 6, Bool = 7, Text = 8, Array = 9;

    private static readonly string[] Markers = ["<|begin|>", "<|end|>", "<|spare-1|>", "<|spare-2|>", "<tool_call>", "</tool_call>", "[TOOL_CALLS]", "<|python_tag|>"];

    private readonly int embedding;
    private readonly int layers;
    private readonly int heads;
    private readonly int feedForward;
    private readonly int contextTokens;

    /// <summary>Of everything but the norms.</summary>
    private WeightFormat Format { get; init; }

    /// <summary>How vectors are made of the tokens' (llama_pooling_type), which only models for embeddings say.</summary>
    private int? Pooling { get; init; }

    private string family = "llama";
    private string? template;
    private int markers = 4;

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

    /// <summary>Loads as any other, but all of its weights are NaN: what it computes are no numbers.</summary>
    public static void WriteDamaged(string path) =>
        new TinyGguf(embedding: 64, layers: 1, heads: 4, feedForward: 32, contextTokens: 512, (_, _, _, values) => System.Array.Fill(values, float.NaN)).Write(path);

    /// <summary>The same as bytes.</summary>
    public static byte[] RandomBytes(int contextTokens = 512, int seed = 1)
    {
        using var folder = new TempFolder();
        WriteRandom(folder.File("tiny.gguf"), contextTokens: contextTokens, seed: seed);
        return File.ReadAllBytes(folder.File("tiny.gguf"));
    }

    /// <summary>
    /// A model of another family: <c>llama</c>, <c>qwen2</c>, <c>qwen3</c>, <c>gemma2</c> or <c>gemma3</c>, with its chat template, and with
    /// markers of tool calls that are tokens of their own. It writes ASCII: its other bytes are marked as unused.
    /// </summary>
    public static void WriteFamily(string path, string family, string template, int contextTokens = 4096, int seed = 1)
    {
        var random = new Random(seed);
        new TinyGguf(embedding: 32, layers: 1, heads: 2, feedForward: 32, contextTokens, (name, rows, columns, values) =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = rows == 1 ? name.EndsWith("bias", StringComparison.Ordinal) ? 0 : 1 : (random.NextSingle() - 0.5f) / 4;
        }) { family = family, template = template, markers = Markers.Length }.Write(path);
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
        // In large pieces, as files come from a disk or the network: of one in small pieces the system scatters the memory, and a model runs a third slower.
        using var file = new BinaryWriter(new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 8 << 20), Encoding.UTF8);
        var tensors = Tensors().ToList();
        file.Write("GGUF"u8);
        file.Write(3);
        file.Write((long)tensors.Count);
        var facts = Facts().ToList();
        file.Write((long)facts.Count);
        foreach (var write in facts) write(file);
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

    private int Vocabulary => Bytes + markers;

    private bool IsGemma => family.StartsWith("gemma", StringComparison.Ordinal);

    private IEnumerable<(string Name, int Rows, int Columns)> Tensors()
    {
        yield return ("token_embd.weight", Vocabulary, embedding);
        yield return ("output_norm.weight", 1, embedding);
        if (!IsGemma) yield return ("output.weight", Vocabulary, embedding);
        for (var layer = 0; layer < layers; layer++)
        {
            yield return ($"blk.{layer}.attn_norm.weight", 1, embedding);
            foreach (var part in (string[])["attn_q", "attn_k", "attn_v", "attn_output"])
            {
                yield return ($"blk.{layer}.{part}.weight", embedding, embedding);
                if (family == "qwen2" && part != "attn_output") yield return ($"blk.{layer}.{part}.bias", 1, embedding);
            }
            if (family is "qwen3" or "gemma3")
            {
                yield return ($"blk.{layer}.attn_q_norm.weight", 1, embedding / heads);
                yield return ($"blk.{layer}.attn_k_norm.weight", 1, embedding / heads);
            }
            if (IsGemma) yield return ($"blk.{layer}.post_attention_norm.weight", 1, embedding);
            yield return ($"blk.{layer}.ffn_norm.weight", 1, embedding);
            yield return ($"blk.{layer}.ffn_gate.weight", feedForward, embedding);
            yield return ($"blk.{layer}.ffn_up.weight", feedForward, embedding);
            yield return ($"blk.{layer}.ffn_down.weight", embedding, feedForward);
            if (IsGemma) yield return ($"blk.{layer}.post_ffw_norm.weight", 1, embedding);
        }
    }

    private IEnumerable<Action<BinaryWriter>> Facts()
    {
        yield return file => WriteFact(file, "general.architecture", family);
        yield return file => WriteFact(file, "general.alignment", Alignment);
        yield return file => WriteFact(file, $"{family}.context_length", contextTokens);
        yield return file => WriteFact(file, $"{family}.embedding_length", embedding);
        yield return file => WriteFact(file, $"{family}.block_count", layers);
        yield return file => WriteFact(file, $"{family}.feed_forward_length", feedForward);
        yield return file => WriteFact(file, $"{family}.attention.head_count", heads);
        yield return file => WriteFact(file, $"{family}.rope.dimension_count", embedding / heads);
        yield return file => WriteFact(file, $"{family}.attention.layer_norm_rms_epsilon", 1e-5f);
        if (IsGemma) yield return file => WriteFact(file, $"{family}.attention.sliding_window", 1024);
        if (family == "gemma2") yield return file => WriteFact(file, "gemma2.attn_logit_softcapping", 50f);
        if (family == "gemma2") yield return file => WriteFact(file, "gemma2.final_logit_softcapping", 30f);
        yield return file => WriteFact(file, "tokenizer.ggml.model", "gpt2");
        yield return file => WriteFact(file, "tokenizer.ggml.pre", "gpt-2");
        yield return file => WriteArray(file, "tokenizer.ggml.tokens", Text, Vocabulary, token => WriteText(file, TokenText(token)));
        yield return file => WriteArray(file, "tokenizer.ggml.token_type", Int32, Vocabulary, token => file.Write(TypeOf(token)));
        yield return file => WriteArray(file, "tokenizer.ggml.merges", Text, 0, _ => { });
        yield return file => WriteFact(file, "tokenizer.ggml.bos_token_id", Bytes);
        yield return file => WriteFact(file, "tokenizer.ggml.eos_token_id", EndOfText);
        yield return file =>
        {
            WriteKey(file, "tokenizer.ggml.add_bos_token", Bool);
            file.Write(template is not null);
        };
        if (template is not null) yield return file => WriteFact(file, "tokenizer.chat_template", template);
        yield return file => WriteFact(file, "general.name", "tiny");
        if (Pooling is { } pooling) yield return file => WriteFact(file, $"{family}.pooling_type", pooling);
    }

    /// <summary>Normal, control, or (no ASCII, in a model that writes nothing else) unused.</summary>
    private int TypeOf(int token) => token >= Bytes ? 3 : template is not null && token > 127 ? 5 : 1;

    /// <summary>GPT-2 writes each byte as one visible character: itself, or one from 256 on.</summary>
    private static string TokenText(int token) => token switch
    {
        >= Bytes => Markers[token - Bytes],
        _ => ((char)(IsVisible(token) ? token : 256 + Enumerable.Range(0, token).Count(before => !IsVisible(before)))).ToString(),
    };

    private static bool IsVisible(int value) => value is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);

    private static void WriteFact(BinaryWriter file, string key, int value)
    {
        WriteKey(file, key, Uint32);
        file.Write(value);
    }

    private static void WriteFact(BinaryWriter file, string key, float value)
    {
        WriteKey(file, key, Float32);
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
