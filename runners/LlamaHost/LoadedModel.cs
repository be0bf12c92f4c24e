using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using FedAi.LlamaHost.Native;
using FedAi.Runners.Llama;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.LlamaHost;

/// <summary>One model with one context whose sequences are the requests that run at once. Text functions may be called from any thread, the rest from one.</summary>
internal sealed class LoadedModel : IDisposable
{
    /// <summary>Most prompt tokens in one step; <see cref="DecodeLoop"/> takes fewer while a step takes long.</summary>
    public const int BatchTokens = 512;

    private static Action<int>? reportPercent;

    private readonly nint model;
    private readonly nint context;
    private readonly nint memory;
    private readonly nint vocabulary;
    private readonly int meanPiece;
    private byte[]? firstBytes;

    private LoadedModel(nint model, nint context, int perRequest, LoadSettings settings, long? gpuFreeBefore)
    {
        (this.model, this.context, Threads) = (model, context, settings.Threads);
        memory = context == 0 ? 0 : LlamaApi.llama_get_memory(context);
        vocabulary = LlamaApi.llama_model_get_vocab(model);
        if (settings.GpuLayers != 0) GpuLayers = MemoryRules.LayersThere(settings.GpuLayers, LlamaApi.llama_model_n_layer(model) + 1, gpuFreeBefore, BackendMemory.GpuFreeBytes());
        VocabularySize = LlamaApi.llama_vocab_n_tokens(vocabulary);
        ContextTokens = context == 0 ? perRequest : Math.Min(perRequest, (int)LlamaApi.llama_n_ctx_seq(context));
        var lengths = Enumerable.Range(0, VocabularySize).Select(token => -Math.Min(0, PieceOf(token, []))).ToList();
        LongestPiece = lengths.Max();
        meanPiece = (int)lengths.Average();
        Chat = ChatPrompt.For(model, vocabulary, text => Tokenize(text).Length);
    }

    public nint Handle => model;

    public nint Context => context;

    public nint Vocabulary => vocabulary;

    public int Threads { get; }

    /// <summary>Layers that are on a GPU; the output counts as one.</summary>
    public int GpuLayers { get; }

    /// <summary>The file says how its vectors are made, so that is what it was trained for: it has no context to write in.</summary>
    public bool EmbedsOnly => context == 0;

    public ChatPrompt Chat { get; }

    public int VocabularySize { get; }

    /// <summary>Tokens of prompt and answer that one request may use; no more than the model was trained for.</summary>
    public int ContextTokens { get; }

    /// <summary>Bytes of the longest token: what is longer than the context times this cannot fit.</summary>
    public int LongestPiece { get; }

    /// <summary>Null and why not, for files that are no model, are cut off, or that llama.cpp does not know, and for layers that a GPU has no room for.</summary>
    public static unsafe LoadedModel? TryLoad(LoadSettings settings, Action<int> percent, out string? problem)
    {
        reportPercent = percent;
        var gpuFree = settings.GpuLayers == 0 ? null : BackendMemory.GpuFreeBytes();
        if (settings.GpuLayers != 0 && MemoryRules.GpuProblem(settings.GpuBytes, gpuFree) is { } tooLarge)
        {
            problem = tooLarge;
            return null;
        }
        var modelParams = LlamaApi.llama_model_default_params();
        modelParams.GpuLayers = settings.GpuLayers;
        modelParams.ProgressCallback = &Progress;
        var model = LlamaApi.llama_model_load_from_file(settings.Model, modelParams);
        problem = MemoryRules.Unloadable(gpuFree);
        if (model == 0) return null;
        if (LlamaApi.llama_model_has_encoder(model) != 0 || LlamaApi.llama_model_has_decoder(model) == 0)
        {
            LlamaApi.llama_model_free(model);
            problem = "this model does not generate text";
            return null;
        }
        var trained = LlamaApi.llama_model_n_ctx_train(model);
        var perRequest = trained > 0 ? Math.Min(settings.ContextTokens, trained) : settings.ContextTokens;
        problem = null;
        if (ModelFacts.Pooling(model) is not null) return new(model, 0, Math.Min(perRequest, EmbeddingContext.MostTokens(model)), settings, gpuFree);
        var contextParams = LlamaApi.llama_context_default_params();
        contextParams.ContextTokens = (uint)(perRequest * settings.Slots);
        contextParams.Batch = contextParams.MicroBatch = (uint)(BatchTokens + settings.Slots); // beside the prompts, one token of every answer
        contextParams.MaxSequences = (uint)settings.Slots;
        contextParams.MaxOutputs = (uint)settings.Slots;
        contextParams.Threads = settings.Threads;
        contextParams.ThreadsBatch = settings.Threads;
        var context = LlamaApi.llama_init_from_model(model, contextParams);
        if (context == 0)
        {
            LlamaApi.llama_model_free(model);
            problem = MemoryRules.NoContext(onGpu: settings.GpuLayers != 0);
            return null;
        }
        return new(model, context, perRequest, settings, gpuFree);
    }

    /// <summary>A text as tokens; markers of the chat template count as such. A prompt begins and ends as the model was taught that texts do.</summary>
    public unsafe int[] Tokenize(string text, bool asPrompt = true)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var tokens = new int[bytes.Length + 8];
        fixed (byte* first = bytes)
        fixed (int* output = tokens)
        {
            var count = LlamaApi.llama_tokenize(vocabulary, first, bytes.Length, output, tokens.Length, addSpecial: asPrompt ? (byte)1 : (byte)0, parseSpecial: 1);
            if (count >= 0) return tokens[..count];
        }
        throw new InvalidOperationException("a text has more tokens than bytes");
    }

    /// <summary>Writes a token's bytes; a negative result is the size of the buffer that it needs.</summary>
    public unsafe int PieceOf(int token, Span<byte> buffer, bool markers = false)
    {
        fixed (byte* first = buffer) return LlamaApi.llama_token_to_piece(vocabulary, token, first, buffer.Length, 0, special: markers ? (byte)1 : (byte)0);
    }

    /// <summary>A token's bytes in an array of their own.</summary>
    public byte[] BytesOf(int token, bool markers)
    {
        var buffer = new byte[Math.Max(64, LongestPiece)];
        var count = PieceOf(token, buffer, markers);
        if (count < 0) count = PieceOf(token, buffer = new byte[-count], markers);
        return buffer[..count];
    }

    /// <summary>The first byte of each token's text; 0 where it has none.</summary>
    public byte FirstByte(int token) => (firstBytes ??= ReadFirstBytes())[token];

    /// <summary>How many tokens write so much JSON, at most as far as can be told.</summary>
    public int TokensFor(int bytes) => bytes / Math.Max(1, meanPiece / 2);

    /// <summary>Whether what the last batch says of a token at this place of its output is a number at all.</summary>
    public unsafe bool HasNumber(int outputIndex, int token) => float.IsFinite(LlamaApi.llama_get_logits_ith(Context, outputIndex)[token]);

    public bool IsEndOfAnswer(int token) => LlamaApi.llama_vocab_is_eog(vocabulary, token) != 0;

    /// <summary>Forgets a sequence, so that the next request in its place finds nothing of it.</summary>
    public void Forget(int sequence) => LlamaApi.llama_memory_seq_rm(memory, sequence, -1, -1);

    /// <summary>Forgets all but the first tokens of a sequence; false, and all is forgotten, for models that cannot go back.</summary>
    public bool KeepOnly(int sequence, int tokens)
    {
        if (LlamaApi.llama_memory_seq_rm(memory, sequence, tokens, -1) != 0) return true;
        Forget(sequence);
        return false;
    }

    public void Dispose()
    {
        if (context != 0) LlamaApi.llama_free(context);
        LlamaApi.llama_model_free(model);
    }

    private byte[] ReadFirstBytes()
    {
        var first = new byte[VocabularySize];
        for (var token = 0; token < first.Length; token++) if (BytesOf(token, markers: true) is [var one, ..]) first[token] = one;
        return first;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte Progress(float done, nint userData)
    {
        reportPercent?.Invoke((int)(done * 100));
        return 1;
    }
}
