using FedAi.Runners.Library;

namespace FedAi.Runners.Llama;

/// <summary>A model's file that looks usable: the memory that it will need, and the tokens that one request may have.</summary>
internal sealed record ModelFile(string Path, MemoryNeed Need, int ContextTokens)
{
    /// <summary>Checks what can be known without loading: the file is there and readable, a model, and whole enough to have a header.</summary>
    public static ModelFile? TryOpen(LlamaRunnerOptions options, int gpuLayers, out string? problem)
    {
        var path = System.IO.Path.GetFullPath(options.ModelPath);
        if (FileStamp.Read(path, out problem) is null)
        {
            problem = $"model {path}: {problem}";
            return null;
        }
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 65_536);
            var header = GgufHeader.TryRead(file, out problem);
            if (header is not null)
            {
                var context = header.ContextTokens > 0 ? (int)Math.Min(options.ContextTokens, header.ContextTokens) : options.ContextTokens;
                return new(path, MemoryRules.Needed(file.Length, header, options.ContextTokens, options.Slots, gpuLayers), context);
            }
            problem = $"model {path}: {problem}; get it again, and check its SHA-256";
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = $"the model cannot be read: {exception.Message}";
            return null;
        }
    }
}
