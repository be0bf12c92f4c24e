using FedAi.Runners.Sandbox;

namespace FedAi.Runners.Llama;

/// <summary>How fedai-llama is started: what its environment holds (nothing of ours) and which files it may read.</summary>
internal static class LlamaCommand
{
    public static CageCommand For(string host, string libraries, string model, string? dotnet, bool gpu = false)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/bin:/bin",
            ["HOME"] = "/",
            ["GGML_NO_BACKTRACE"] = "1",             // a failed assertion would start a debugger
            ["DOTNET_EnableDiagnostics"] = "0",      // no debugger socket, no dumps
            ["DOTNET_GCHeapHardLimit"] = "0x8000000" // 128 MiB: the weights are not on .NET's heap
        };
        if (dotnet is not null) environment["DOTNET_ROOT"] = dotnet;
        if (gpu) environment["LD_LIBRARY_PATH"] = string.Join(':', GpuFiles.Folders);
        string[] readable = [Path.GetDirectoryName(host)!, libraries, model];
        return new(host, [], environment, dotnet is null ? readable : [.. readable, dotnet]) { Devices = gpu ? GpuFiles.Devices : [] };
    }
}
