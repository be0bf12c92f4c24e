namespace FedAi.Runners.Llama;

/// <summary>What a model on an NVIDIA GPU needs beside llama.cpp's CUDA build: the driver's devices, and libraries of the system.</summary>
public static class GpuFiles
{
    /// <summary>What libggml-cuda.so of the pinned build is linked with and does not bring along.</summary>
    private static readonly string[] Needed = ["libcuda.so.1", "libcudart.so.13", "libcublas.so.13"];

    private static readonly string[] Places =
    [
        "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/lib/wsl/lib", "/usr/local/cuda/lib64", "/usr/local/cuda-13/lib64",
        "/usr/local/cuda/targets/x86_64-linux/lib", "/usr/local/nvidia/lib64",
    ];

    /// <summary>Null when a model can go to this machine's NVIDIA GPU; else the first thing that is missing, and how to get it.</summary>
    public static string? Missing => Problem(LlamaFiles.FindCudaLibraries());

    /// <summary>Devices of the driver; empty where there is no GPU.</summary>
    internal static IReadOnlyList<string> Devices { get; } =
        File.Exists("/dev/nvidiactl") ? [.. Directory.EnumerateFiles("/dev", "nvidia*").Order(StringComparer.Ordinal)] : [];

    /// <summary>Folders of the system's libraries, for the program's search path.</summary>
    internal static IReadOnlyList<string> Folders => [.. Needed.Select(FolderOf).OfType<string>().Distinct()];

    /// <summary>Null when a model can go to the GPU; else the first thing that is missing.</summary>
    internal static string? Problem(string? cudaBuild) =>
        Devices.Count == 0 ? "no NVIDIA GPU is to be reached: /dev/nvidiactl is not there, which its driver brings (a container or a systemd unit must be lent it)"
        : cudaBuild is null ? "llama.cpp's CUDA build is missing: npm install --prefix native --no-save @node-llama-cpp/linux-x64-cuda@3.22.1 (and ./fedai.sh publish, if that is what runs)"
        : Needed.FirstOrDefault(name => FolderOf(name) is null) is { } missing ? $"the system's library {missing} is missing: install the NVIDIA driver and CUDA 13's runtime and cuBLAS"
        : null;

    private static string? FolderOf(string name) => Array.Find(Places, place => File.Exists(Path.Combine(place, name)));
}
