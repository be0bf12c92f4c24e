using System.Runtime.InteropServices;

namespace FedAi.LlamaHost.Native;

/// <summary>llama.h, struct llama_token_data_array: samplers shorten it, sort it and point <see cref="Data"/> elsewhere.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TokenDataArray
{
    public TokenData* Data;
    public nuint Count;
    public long Selected;
    public byte Sorted;
}
