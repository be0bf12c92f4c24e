using System.Text;
using FedAi.LlamaHost.Native;

namespace FedAi.LlamaHost;

/// <summary>What a model's file says about itself and llama.cpp has no function for.</summary>
internal static class ModelFacts
{
    /// <summary>How one vector is made of the tokens' (llama_pooling_type); null for models that say nothing, which are those made to write.</summary>
    public static int? Pooling(nint model) => Read(model, "pooling_type") is { } text && int.TryParse(text, out var type) && type > 0 ? type : null;

    /// <summary>Each token sees those after it too, so a text must be read in one step.</summary>
    public static bool SeesAhead(nint model) => Read(model, "attention.causal") == "false";

    private static string? Read(nint model, string key) =>
        ReadWhole(model, "general.architecture") is { } architecture ? ReadWhole(model, $"{architecture}.{key}") : null;

    private static unsafe string? ReadWhole(nint model, string key)
    {
        var buffer = stackalloc byte[128];
        var length = LlamaApi.llama_model_meta_val_str(model, key, buffer, 128);
        return length is < 0 or >= 128 ? null : Encoding.UTF8.GetString(buffer, length);
    }
}
