using System.Runtime.InteropServices;
using FedAi.LlamaHost.Native;

namespace FedAi.LlamaHost;

/// <summary>The texts of the tokens with which a model's texts begin and end, and whether llama.cpp writes the first by itself.</summary>
internal sealed record ModelMarkers(string First, string Last, bool AddsFirst)
{
    public static ModelMarkers Of(nint vocabulary) =>
        new(Text(vocabulary, LlamaApi.llama_vocab_bos(vocabulary)), Text(vocabulary, LlamaApi.llama_vocab_eos(vocabulary)), LlamaApi.llama_vocab_get_add_bos(vocabulary) != 0);

    private static unsafe string Text(nint vocabulary, int token) =>
        token < 0 ? "" : Marshal.PtrToStringUTF8((nint)LlamaApi.llama_vocab_get_text(vocabulary, token)) ?? "";
}
