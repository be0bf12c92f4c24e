using System.Security.Cryptography;

namespace FedAi.Runners.Llama;

/// <summary>A model's file that looks usable, and the memory that it will need.</summary>
internal sealed record ModelFile(string Path, long MemoryBytes)
{
    /// <summary>Checks what can be known without loading: the file is there and readable, a model, whole enough to have a header, and fits.</summary>
    public static ModelFile? TryOpen(LlamaRunnerOptions options, long availableBytes, out string? problem)
    {
        var path = System.IO.Path.GetFullPath(options.ModelPath);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 65_536);
            var header = GgufHeader.TryRead(file, out problem);
            var needed = header is null ? 0 : MemoryRules.Needed(file.Length, header, options.ContextTokens, options.Slots);
            problem = problem is null ? MemoryRules.Problem(needed, availableBytes) : $"{problem}; get it again, and check its SHA-256";
            if (problem is null) return new(path, needed);
            problem = $"model {path}: {problem}";
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = $"the model cannot be read: {exception.Message}";
            return null;
        }
    }

    /// <summary>The file's SHA-256, hex; takes a second or so per gigabyte.</summary>
    public async Task<string> HashAsync(CancellationToken cancellationToken)
    {
        await using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
    }
}
