using System.Runtime.InteropServices;

namespace FedAi.Runners.Llama;

/// <summary>Finds the files that come with this program: fedai-llama, llama.cpp's libraries, and the .NET runtime that fedai-llama may need.</summary>
internal static class LlamaFiles
{
    public const string LibrariesVariable = "FEDAI_LLAMA_LIBS";

    public static string? FindHost(string? configured) =>
        ((string?[])[configured, Beside("fedai-llama"), Beside("llama-host", "fedai-llama")]).FirstOrDefault(File.Exists);

    /// <summary>A folder that was named explicitly counts even when it is wrong, so that the error is about that folder.</summary>
    public static string? FindLibraries(string? configured)
    {
        if (configured is not null) return configured;
        if (Environment.GetEnvironmentVariable(LibrariesVariable) is { Length: > 0 } variable) return variable;
        return Directory.Exists(Beside("llama")) ? Beside("llama") : FindInCheckout("");
    }

    /// <summary>llama.cpp's build for NVIDIA GPUs: beside this program, or in a checkout above it.</summary>
    public static string? FindCudaLibraries() => Directory.Exists(Beside("llama-cuda")) ? Beside("llama-cuda") : FindInCheckout("-cuda");

    /// <summary>Where the shared runtime is if the executable needs one; null for a program that was compiled ahead.</summary>
    public static string? FindDotnet(string host)
    {
        if (!File.Exists(Path.ChangeExtension(host, ".dll"))) return null;
        var ours = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        return ((string?[])[ours, Environment.GetEnvironmentVariable("DOTNET_ROOT"), "/usr/share/dotnet", "/usr/lib/dotnet"])
            .FirstOrDefault(folder => folder is not null && Directory.Exists(Path.Combine(folder, "host", "fxr")));
    }

    private static string Beside(params string[] parts) => Path.Combine([AppContext.BaseDirectory, .. parts]);

    private static string? FindInCheckout(string kind)
    {
        var platform = (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64") + kind;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var libraries = Path.Combine(folder.FullName, "native", "node_modules", "@node-llama-cpp", platform, "bins", platform);
            if (Directory.Exists(libraries)) return libraries;
        }
        return null;
    }
}
