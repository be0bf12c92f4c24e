namespace FedAi.LlamaHost.Native;

/// <summary>enum ggml_backend_dev_type (ggml-backend.h).</summary>
internal enum BackendDeviceType
{
    Cpu = 0,
    Gpu = 1,
    IntegratedGpu = 2,
}
