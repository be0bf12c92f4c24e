using System.Runtime.InteropServices;

namespace FedAi.LlamaHost.Native;

/// <summary>llama.h, struct llama_token_data.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TokenData
{
    public int Token;
    public float Logit;
    public float Probability;
}
