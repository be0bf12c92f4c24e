using FedAi.Runners.Library;
using FedAi.Runners.Sandbox;

namespace FedAi.Runners.Llama;

/// <summary>What a model is started with on this host: its file, the command, the folder of llama.cpp's libraries, and the layers that go to a GPU (-1: all).</summary>
internal sealed record LoadPlan(ModelFile File, CageCommand Command, string Libraries, int GpuLayers)
{
    /// <summary>CUDA's own working memory in the process, which counts as data.</summary>
    private const long CudaBytes = 4L << 30;

    /// <summary>Names the program and llama.cpp's library as they are now: another build may fail where this one did not.</summary>
    public string Build => $"{FileStamp.Read(Command.Executable, out _)} {FileStamp.Read(Path.Combine(Libraries, "libllama.so"), out _)}";

    /// <summary>Where the process is stopped.</summary>
    public long MemoryLimit => MemoryRules.Limit(File.Need) + (GpuLayers != 0 ? CudaBytes : 0);

    /// <summary>Null, and what is missing on this host.</summary>
    public static LoadPlan? TryMake(LlamaRunnerOptions options, Cage cage, bool avoidGpu, out string? problem)
    {
        problem = null;
        if (cage.Level < options.IsolationMinimum)
            problem = $"this host offers isolation \"{DenialRules.Name(cage.Level)}\", the configuration wants at least \"{DenialRules.Name(options.IsolationMinimum)}\": install bubblewrap, or boot a kernel with Landlock (a container must be allowed one of them); runner.isolationMinimum \"{DenialRules.Name(cage.Level)}\" does without, and a model's file that takes over llama.cpp can then read what this daemon can";
        else if (options.Slots is < 1 or > 64 || options.ContextTokens < 1) problem = "slots must be from 1 to 64, and the context at least 1 token";
        if (problem is not null) return null;

        var cuda = options.LibrariesPath ?? LlamaFiles.FindCudaLibraries();
        var noGpu = GpuFiles.Problem(cuda);
        if (options.GpuLayers > 0 && noGpu is not null)
        {
            problem = $"layers are to go to a GPU, but {noGpu}; or set gpuLayers to 0";
            return null;
        }
        var onGpu = options.GpuLayers != 0 && noGpu is null && !avoidGpu;
        problem = "llama.cpp's libraries are missing; run ./fedai.sh setup, or set FEDAI_LLAMA_LIBS to their folder";
        if ((onGpu ? cuda : LlamaFiles.FindLibraries(options.LibrariesPath)) is not { } libraries) return null;
        problem = "the program fedai-llama is missing beside this one; install it again";
        if (LlamaFiles.FindHost(options.HostPath) is not { } host) return null;
        var gpuLayers = onGpu ? options.GpuLayers ?? -1 : 0;
        return ModelFile.TryOpen(options, gpuLayers, out problem) is { } file
            ? new(file, LlamaCommand.For(host, libraries, file.Path, LlamaFiles.FindDotnet(host), onGpu), libraries, gpuLayers)
            : null;
    }
}
