using FedAi.LlamaHost.Native;

namespace FedAi.LlamaHost;

/// <summary>
/// A second context of the same weights, which gives each token's own vector: they are put together here, so that a long
/// text can be read in steps. Made when the first vector is asked for, since it takes memory.
/// </summary>
internal sealed class EmbeddingContext : IDisposable
{
    public const int Sequences = 8;

    private const int MostAtOnce = 2048;
    private const int Mean = 1, FirstToken = 2, LastToken = 3;

    private readonly nint context;
    private readonly nint memory;
    private readonly int pooling;

    private EmbeddingContext(nint context, LoadedModel model, int batchTokens)
    {
        this.context = context;
        memory = LlamaApi.llama_get_memory(context);
        pooling = ModelFacts.Pooling(model.Handle) ?? Mean;
        SeesAhead = ModelFacts.SeesAhead(model.Handle);
        BatchTokens = batchTokens;
        Dimensions = LlamaApi.llama_model_n_embd_out(model.Handle);
    }

    public int Dimensions { get; }

    public int BatchTokens { get; }

    public bool SeesAhead { get; }

    /// <summary>Tokens of the longest text. One that must be read in one step is bounded by what that step takes.</summary>
    public static int MostTokens(nint model) => ModelFacts.SeesAhead(model) ? MostAtOnce : int.MaxValue;

    /// <summary>Null and why not.</summary>
    public static EmbeddingContext? TryCreate(LoadedModel model, out string? problem)
    {
        problem = "this model ranks texts, it makes no vectors";
        if (ModelFacts.Pooling(model.Handle) is not (null or Mean or FirstToken or LastToken)) return null;
        problem = "there is not enough memory to make vectors; lower the context or the number of slots";
        var batch = ModelFacts.SeesAhead(model.Handle) ? model.ContextTokens : Math.Min(model.ContextTokens, LoadedModel.BatchTokens);
        var settings = LlamaApi.llama_context_default_params();
        settings.ContextTokens = (uint)model.ContextTokens;
        settings.Batch = settings.MicroBatch = settings.MaxOutputs = (uint)batch;
        settings.MaxSequences = Sequences;
        settings.KvUnified = 1; // the texts that are read at once share one context
        settings.Threads = settings.ThreadsBatch = model.Threads;
        settings.Embeddings = 1;
        settings.PoolingType = 0;
        var context = LlamaApi.llama_init_from_model(model.Handle, settings);
        if (context == 0) return null;
        problem = null;
        return new(context, model, batch);
    }

    /// <summary>Whether the vector of the token at this place counts.</summary>
    public bool Wants(int place, int length) => pooling == Mean || place == (pooling == FirstToken ? 0 : length - 1);

    public bool TryDecode(in Batch batch) => LlamaApi.llama_decode(context, batch) == 0;

    public unsafe ReadOnlySpan<float> VectorAt(int outputIndex) => new(LlamaApi.llama_get_embeddings_ith(context, outputIndex), Dimensions);

    public void Forget(int sequence)
    {
        if (memory != 0) LlamaApi.llama_memory_seq_rm(memory, sequence, -1, -1);
    }

    public void Dispose() => LlamaApi.llama_free(context);
}
