using FedAi.Runners.Llama;

namespace FedAi.Runners.Library;

/// <summary>Whether a model can run here: bytes of its file, of the memory it takes and of the memory that is free; <paramref name="Problem"/> is null if it fits.</summary>
public sealed record ModelFit(long FileBytes, long NeededBytes, long FreeBytes, string? Problem)
{
    /// <summary>Of a file on this machine; null and why if it is no model.</summary>
    public static ModelFit? OfFile(string path, int contextTokens, int slots, out string? problem)
    {
        if (FileStamp.Read(path, out problem) is null) return null;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 65_536);
            return GgufHeader.TryRead(file, out problem) is { } header ? Of(header, file.Length, contextTokens, slots) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = exception.Message;
            return null;
        }
    }

    internal static ModelFit Of(GgufHeader header, long fileBytes, int contextTokens, int slots)
    {
        var (needed, free) = (MemoryRules.Needed(fileBytes, header, contextTokens, slots), HostMemory.AvailableBytes());
        return new(fileBytes, needed, free, MemoryRules.Problem(needed, free));
    }
}
