using FedAi.LlamaHost.Native;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.LlamaHost;

/// <summary>Picks the next token: llama.cpp's samplers in llama.cpp's own order; temperature 0 takes the likeliest.</summary>
internal sealed class SamplerChain : IDisposable
{
    private readonly nint chain = LlamaApi.llama_sampler_chain_init(noPerf: 1);

    public SamplerChain(LoadedModel model, Generation settings)
    {
        if (settings.LogitBias is { Count: > 0 } biases) AddLogitBias(model, biases);
        if (settings.FrequencyPenalty != 0 || settings.PresencePenalty != 0)
            Add(LlamaApi.llama_sampler_init_penalties(model.VocabularySize, model.ContextTokens, 1, settings.FrequencyPenalty, settings.PresencePenalty));
        if (settings.Temperature <= 0)
        {
            Add(LlamaApi.llama_sampler_init_greedy());
            return;
        }
        Add(LlamaApi.llama_sampler_init_top_k(settings.TopK));
        Add(LlamaApi.llama_sampler_init_top_p(settings.TopP, 1));
        Add(LlamaApi.llama_sampler_init_min_p(settings.MinP, 1));
        Add(LlamaApi.llama_sampler_init_temp(settings.Temperature));
        Add(LlamaApi.llama_sampler_init_dist(settings.Seed));
    }

    /// <summary>Takes the next token from the logits at this place of the last batch.</summary>
    public int Sample(nint context, int outputIndex) => LlamaApi.llama_sampler_sample(chain, context, outputIndex);

    public void Dispose() => LlamaApi.llama_sampler_free(chain);

    private void Add(nint sampler) => LlamaApi.llama_sampler_chain_add(chain, sampler);

    private unsafe void AddLogitBias(LoadedModel model, IReadOnlyDictionary<int, float> biases)
    {
        LogitBias[] natives = [.. from pair in biases where pair.Key >= 0 && pair.Key < model.VocabularySize select new LogitBias { Token = pair.Key, Bias = pair.Value }];
        fixed (LogitBias* first = natives) Add(LlamaApi.llama_sampler_init_logit_bias(model.VocabularySize, natives.Length, first));
    }
}
