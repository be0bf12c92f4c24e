namespace FedAi.Runners.Llama;

/// <summary>Pure: what memory a model takes, here and on a GPU, so that one that does not fit is refused and never offered (RRS-18).</summary>
internal static class MemoryRules
{
    private const long MiB = 1 << 20;

    /// <summary>fedai-llama itself and llama.cpp's working buffers.</summary>
    private const long Overhead = 128 * MiB;

    /// <summary>llama.cpp's working buffers on a GPU, for a batch of 512 tokens, and cuBLAS's.</summary>
    private const long GpuOverhead = 256 * MiB;

    /// <summary>
    /// What it takes to answer: the weights, keys and values of every slot's context, and the process. Each layer that goes to a GPU (-1: all; the
    /// output counts as one) takes its share along, of the weights and of the context.
    /// </summary>
    public static MemoryNeed Needed(long fileBytes, GgufHeader header, int contextTokens, int slots, int gpuLayers = 0) =>
        Needed(fileBytes, header.Layers, header.CacheBytesPerToken, header.ContextTokens, contextTokens, slots, gpuLayers);

    /// <summary>The same from what was read of the header: layers, bytes that a token of context takes, and tokens that the model was trained for (0: not known).</summary>
    public static MemoryNeed Needed(long fileBytes, long layers, long cacheBytesPerToken, long trainedTokens, int contextTokens, int slots, int gpuLayers = 0)
    {
        var context = trainedTokens > 0 ? Math.Min(contextTokens, trainedTokens) : contextTokens;
        var cache = (Int128)context * slots * cacheBytesPerToken;
        var parts = layers + 1;
        var onGpu = gpuLayers < 0 ? parts : Math.Min(gpuLayers, parts);
        var mapped = fileBytes - (Int128)fileBytes * onGpu / parts;
        var kept = cache - cache * onGpu / parts;
        return new((long)mapped, Bounded(mapped + kept + Overhead), onGpu == 0 ? 0 : Bounded(fileBytes - mapped + cache - kept + GpuOverhead));
    }

    /// <summary>Where the process is stopped: well above what it needs, since weights may be held twice in another order and go to a GPU through memory, and far below endless.</summary>
    public static long Limit(MemoryNeed need) => 2 * (need.MemoryBytes + need.GpuBytes) + 1024 * MiB;

    /// <summary>Null, or why a model does not fit into memory.</summary>
    public static string? Problem(long needed, long available) => needed <= available ? null
        : $"the model needs {Show(needed)} of memory, {Show(available)} are free; take a smaller model, less context or fewer slots";

    /// <summary>Null, or why its layers do not fit onto the GPU; nothing is free where there is none.</summary>
    public static string? GpuProblem(long needed, long? available) =>
        available is not { } free ? "llama.cpp finds no GPU that it can use: update its driver, or keep all layers on the processor (runner.gpuLayers 0)"
        : needed <= free ? null
        : $"the model's layers need {Show(needed)} of the GPU's memory, {Show(free)} are free; take a smaller model, less context, fewer slots, or fewer layers (runner.gpuLayers; 0 keeps all on the processor)";

    /// <summary>Why llama.cpp could not load a file, of which it says nothing itself; with how much of a GPU's memory was free if layers were to go there.</summary>
    public static string Unloadable(long? gpuBytes)
    {
        const string file = "the file is damaged, cut off, or of a kind that this version does not know";
        return gpuBytes is { } free
            ? $"llama.cpp cannot load this model with layers on the GPU, where {Show(free)} are free: they may not suffice (try fewer layers with runner.gpuLayers; 0 keeps all on the processor), or {file}"
            : $"llama.cpp cannot read this model: {file}";
    }

    /// <summary>Why there was no room for the context of a model that is loaded.</summary>
    public static string NoContext(bool onGpu) =>
        $"there is not enough memory{(onGpu ? " of the GPU" : "")} for the model's context; lower the context or the number of slots{(onGpu ? ", or put fewer layers there (runner.gpuLayers)" : "")}";

    /// <summary>How many layers are on the GPU: those that were asked for (-1: all), if its free memory says that anything went there.</summary>
    public static int LayersThere(int asked, int layers, long? freeBefore, long? freeAfter) =>
        asked == 0 || freeAfter is null || !(freeAfter < freeBefore) ? 0 : asked < 0 ? layers : Math.Min(asked, layers);

    /// <summary>A file may claim anything.</summary>
    private static long Bounded(Int128 bytes) => (long)Int128.Min(long.MaxValue / 8, bytes);

    private static string Show(long bytes) => bytes < 10 * 1024 * MiB ? $"{bytes / MiB} MiB" : $"{bytes / (1024 * MiB)} GiB";
}
