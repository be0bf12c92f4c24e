using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FedAi.LlamaHost.Native;

namespace FedAi.LlamaHost;

/// <summary>Loads llama.cpp from one folder and makes sure that it is the version these declarations are for.</summary>
internal static class NativeLibraries
{
    /// <summary>The binary interface changes without notice between versions: same sizes, other order has happened.</summary>
    public const string Version = "0.5.0-dev";

    private static string? loadedFrom;

    /// <summary>Null, or why these libraries cannot be used. A process loads them once; a second call with the same folder does nothing.</summary>
    public static string? TryLoad(string folder)
    {
        if (loadedFrom is not null) return loadedFrom == folder ? null : $"llama.cpp was loaded from {loadedFrom} already";
        if (FileOf(folder, "llama") is null || FileOf(folder, "ggml") is null || FileOf(folder, "ggml-base") is null)
            return $"no llama.cpp libraries in {folder}; run ./fedai.sh setup, or set FEDAI_LLAMA_LIBS to their folder";
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, (name, _, _) => Resolve(folder, name));
        loadedFrom = folder;
        try
        {
            return Load(folder);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return $"llama.cpp in {folder} cannot be loaded: {exception.Message}";
        }
    }

    private static unsafe string? Load(string folder)
    {
        var version = Marshal.PtrToStringUTF8((nint)LlamaApi.llama_version());
        if (version != Version) return $"llama.cpp in {folder} is version {version}, needed is {Version}; run ./fedai.sh setup";
        LlamaApi.llama_log_set(&Silent, 0);
        if (!StructsMatch()) return $"llama.cpp in {folder} says it is version {Version} but its structures differ; run ./fedai.sh setup";
        LlamaApi.ggml_backend_load_all_from_path(folder);
        if (LlamaApi.ggml_backend_dev_count() == 0) return $"llama.cpp in {folder} has no library for this processor";
        LlamaApi.llama_backend_init();
        return null;
    }

    /// <summary>Sizes as the header says, and well-known defaults where the declarations expect them.</summary>
    private static bool StructsMatch()
    {
        if (Unsafe.SizeOf<ModelParams>() != 80 || Unsafe.SizeOf<ContextParams>() != 160 || Unsafe.SizeOf<Batch>() != 56) return false;
        var model = LlamaApi.llama_model_default_params();
        var context = LlamaApi.llama_context_default_params();
        return model is { GpuLayers: -1, SplitMode: 1, LoadMode: -1, LazyMode: 1, UseExtraBufts: 1, VocabOnly: 0 }
            && context is { ContextTokens: 512, Batch: 2048, MicroBatch: 512, MaxSequences: 1, Threads: 4, ThreadsBatch: 4,
                            RopeScalingType: -1, PoolingType: -1, AttentionType: -1, FlashAttentionType: -1, YarnExtFactor: -1,
                            TypeK: 1, TypeV: 1, OffloadKqv: 1, NoPerf: 1, KvUnified: 0 };
    }

    private static nint Resolve(string folder, string name) =>
        FileOf(folder, name) is { } file ? NativeLibrary.Load(file) : 0;

    /// <summary>The CPU package names it libllama.v0.5.0.so, the CUDA package libllama.cuda.v0.5.0.so; neighbours as libllama-common.so do not count.</summary>
    private static string? FileOf(string folder, string name) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, $"lib{name}.*so").Order(StringComparer.Ordinal).FirstOrDefault() : null;

    /// <summary>llama.cpp writes what it likes to its log, pieces of a prompt too: nothing of it leaves.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void Silent(int level, byte* text, nint userData)
    {
    }
}
