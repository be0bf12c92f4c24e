namespace FedAi.LlamaHost.Native;

/// <summary>What llama.cpp's devices say of their memory.</summary>
internal static unsafe class BackendMemory
{
    /// <summary>Free bytes of all GPUs together, over which llama.cpp spreads a model's layers; null where it finds none.</summary>
    public static long? GpuFreeBytes() => FreeBytes(static type => type is BackendDeviceType.Gpu or BackendDeviceType.IntegratedGpu);

    /// <summary>Free bytes of all devices of some kind; null where there is none.</summary>
    internal static long? FreeBytes(Func<BackendDeviceType, bool> wanted)
    {
        long? sum = null;
        for (nuint i = 0; i < LlamaApi.ggml_backend_dev_count(); i++)
        {
            var device = LlamaApi.ggml_backend_dev_get(i);
            if (!wanted(LlamaApi.ggml_backend_dev_type(device))) continue;
            LlamaApi.ggml_backend_dev_memory(device, out var free, out _);
            sum = (sum ?? 0) + (long)free;
        }
        return sum;
    }
}
