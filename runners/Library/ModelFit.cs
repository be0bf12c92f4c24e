using FedAi.Runners.Llama;

namespace FedAi.Runners.Library;

/// <summary>
/// Whether a model can run here: bytes of its file, of the memory it takes, of the GPU's memory that its layers take, and of the memory that is free;
/// <paramref name="Problem"/> is null if it fits. How much of a GPU is free is known only when the model is loaded.
/// </summary>
public sealed record ModelFit(long FileBytes, long NeededBytes, long GpuBytes, long FreeBytes, string? Problem)
{
    /// <summary>Of a file on this machine; null and why if it is no model.</summary>
    public static ModelFit? OfFile(string path, int contextTokens, int slots, int? gpuLayers, out string? problem)
    {
        if (FileStamp.Read(path, out problem) is null) return null;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 65_536);
            return GgufHeader.TryRead(file, out problem) is { } header ? Of(header, file.Length, contextTokens, slots, gpuLayers) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = exception.Message;
            return null;
        }
    }

    internal static ModelFit Of(GgufHeader header, long fileBytes, int contextTokens, int slots, int? gpuLayers)
    {
        var onGpu = gpuLayers != 0 && GpuFiles.Missing is null;
        var (need, free) = (MemoryRules.Needed(fileBytes, header, contextTokens, slots, onGpu ? gpuLayers ?? -1 : 0), HostMemory.AvailableBytes());
        return new(fileBytes, need.MemoryBytes, need.GpuBytes, free, MemoryRules.Problem(need.MemoryBytes, free));
    }
}
