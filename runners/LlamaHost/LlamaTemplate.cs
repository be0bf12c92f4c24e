using System.Runtime.InteropServices;
using System.Text;
using FedAi.LlamaHost.Native;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.LlamaHost;

/// <summary>A chat template that llama.cpp itself knows, by its text or by name; it runs no Jinja and knows no tools.</summary>
internal sealed class LlamaTemplate(byte[] template)
{
    /// <summary>Null when llama.cpp does not know the template.</summary>
    public unsafe string? TryApply(IReadOnlyList<Message> messages)
    {
        var natives = new ChatMessage[messages.Count];
        try
        {
            var size = 256;
            for (var i = 0; i < natives.Length; i++)
            {
                natives[i].Role = Marshal.StringToCoTaskMemUTF8(messages[i].Role);
                natives[i].Content = Marshal.StringToCoTaskMemUTF8(messages[i].Content);
                size += 64 + Encoding.UTF8.GetByteCount(messages[i].Role) + Encoding.UTF8.GetByteCount(messages[i].Content);
            }
            var buffer = new byte[size];
            var length = Apply(natives, buffer);
            if (length > buffer.Length) length = Apply(natives, buffer = new byte[length]);
            return length < 0 ? null : Encoding.UTF8.GetString(buffer, 0, length);
        }
        finally
        {
            foreach (var native in natives)
            {
                Marshal.FreeCoTaskMem(native.Role);
                Marshal.FreeCoTaskMem(native.Content);
            }
        }
    }

    private unsafe int Apply(ChatMessage[] messages, byte[] buffer)
    {
        fixed (byte* text = template, output = buffer)
        fixed (ChatMessage* first = messages)
            return LlamaApi.llama_chat_apply_template(text, first, (nuint)messages.Length, 1, output, buffer.Length);
    }
}
