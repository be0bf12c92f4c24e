using System.Runtime.InteropServices;

namespace FedAi.LlamaHost.Native;

/// <summary>llama.h, struct llama_chat_message: two zero-terminated UTF-8 strings.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ChatMessage
{
    public nint Role;
    public nint Content;
}
