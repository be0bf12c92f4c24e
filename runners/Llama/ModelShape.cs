namespace FedAi.Runners.Llama;

/// <summary>
/// What a model costs per token, read from its file alone: the numbers it goes through, by format, its layers, and the bytes that every
/// token of context adds. Enough to tell its speed on a measured machine without loading it.
/// </summary>
/// <param name="Weights">Numbers per token, by format.</param>
/// <param name="Layers">Blocks, each of which costs a little beside its numbers.</param>
/// <param name="Heads">Of each layer, which each go through the context.</param>
/// <param name="HeadSize">Numbers of one head.</param>
/// <param name="CacheBytesPerToken">Bytes of keys and values of one token of context, all of which are read for every new one.</param>
/// <param name="ContextTokens">Tokens the model was trained for; 0 when the file does not say.</param>
public sealed record ModelShape(IReadOnlyList<WeightCount> Weights, int Layers, int Heads, int HeadSize, long CacheBytesPerToken, long ContextTokens)
{
    /// <summary>Of the whole file.</summary>
    public long FileBytes { get; init; }

    /// <summary>Bytes of memory that it takes to answer so many requests at once, each with so many tokens of prompt and answer.</summary>
    public long MemoryBytes(int contextTokens, int slots) => MemoryRules.Needed(FileBytes, Layers, CacheBytesPerToken, ContextTokens, contextTokens, slots).MemoryBytes;

    /// <summary>Null and what is wrong when it is no readable GGUF file.</summary>
    public static ModelShape? TryRead(string path, out string? problem)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 65_536);
            return GgufHeader.TryRead(file, out problem) is { } header
                ? new ModelShape([.. header.WeightsPerToken.Select(one => new WeightCount(one.Format, one.Count))], (int)header.Layers, (int)header.Heads, (int)header.HeadSize, header.CacheBytesPerToken, header.ContextTokens) { FileBytes = file.Length }
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = $"it cannot be read: {exception.Message}";
            return null;
        }
    }
}
