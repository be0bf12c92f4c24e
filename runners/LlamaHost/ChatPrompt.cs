using System.Runtime.InteropServices;
using System.Text;
using FedAi.LlamaHost.Native;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.LlamaHost;

/// <summary>
/// Writes messages the way a model was taught to read them. llama.cpp knows some templates by their text and runs no
/// Jinja; a model whose template it does not know gets ChatML if its vocabulary has it, else plain "role: text" lines.
/// </summary>
internal sealed class ChatPrompt
{
    private readonly byte[]? template;

    private ChatPrompt(string name, byte[]? template) => (Name, this.template) = (name, template);

    /// <summary><c>model</c>, <c>chatml</c> or <c>plain</c>.</summary>
    public string Name { get; }

    public static unsafe ChatPrompt For(nint model, Func<string, int> countTokens)
    {
        var own = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(LlamaApi.llama_model_chat_template(model, null));
        var fromModel = new ChatPrompt("model", [.. own, 0]);
        if (own.Length > 0 && fromModel.TryApply([new("user", "?")], out _)) return fromModel;
        return countTokens("<|im_start|>") == 1 ? new("chatml", "chatml\0"u8.ToArray()) : new("plain", null);
    }

    /// <summary>The whole prompt, up to where the assistant's answer begins.</summary>
    public string Render(IReadOnlyList<Message> messages) => TryApply(messages, out var text)
        ? text
        : string.Concat(messages.Select(message => $"{message.Role}: {message.Content}\n")) + "assistant:";

    private unsafe bool TryApply(IReadOnlyList<Message> messages, out string text)
    {
        text = "";
        if (template is null) return false;
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
            if (length < 0) return false;
            text = Encoding.UTF8.GetString(buffer, 0, length);
            return true;
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
