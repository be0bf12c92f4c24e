using System.Runtime.InteropServices;

namespace FedAi.LlamaHost.Native;

/// <summary>llama.h, struct llama_logit_bias.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LogitBias
{
    public int Token;
    public float Bias;
}
