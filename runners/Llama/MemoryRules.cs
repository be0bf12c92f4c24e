namespace FedAi.Runners.Llama;

/// <summary>Pure: what memory a model takes, so that one that does not fit is refused and never offered (RRS-18).</summary>
internal static class MemoryRules
{
    private const long MiB = 1 << 20;

    /// <summary>fedai-llama itself and llama.cpp's working buffers.</summary>
    private const long Overhead = 128 * MiB;

    /// <summary>Bytes needed to answer: the weights, keys and values of every slot's context, and the process.</summary>
    public static long Needed(long fileBytes, GgufHeader header, int contextTokens, int slots) =>
        Needed(fileBytes, header.CacheBytesPerToken, header.ContextTokens, contextTokens, slots);

    /// <summary>The same from what was read of the header: bytes that a token of context takes, and tokens that the model was trained for (0: not known).</summary>
    public static long Needed(long fileBytes, long cacheBytesPerToken, long trainedTokens, int contextTokens, int slots)
    {
        var context = trainedTokens > 0 ? Math.Min(contextTokens, trainedTokens) : contextTokens;
        return (long)Int128.Min(long.MaxValue / 4, fileBytes + (Int128)context * slots * cacheBytesPerToken + Overhead); // a file may claim anything
    }

    /// <summary>Where the process is stopped: well above what it needs, since weights may be held twice in another order, and far below endless.</summary>
    public static long Limit(long needed) => 2 * needed + 1024 * MiB;

    /// <summary>Null, or why a model does not fit.</summary>
    public static string? Problem(long needed, long available) => needed <= available ? null
        : $"the model needs {Show(needed)} of memory, {Show(available)} are free; take a smaller model, less context or fewer slots";

    private static string Show(long bytes) => bytes < 10 * 1024 * MiB ? $"{bytes / MiB} MiB" : $"{bytes / (1024 * MiB)} GiB";
}
