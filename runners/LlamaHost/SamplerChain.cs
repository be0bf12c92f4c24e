using System.Runtime.InteropServices;
using FedAi.LlamaHost.Native;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.LlamaHost;

/// <summary>Picks the next token: llama.cpp's samplers in llama.cpp's own order; temperature 0 takes the likeliest. A grammar comes before all of them.</summary>
internal sealed unsafe class SamplerChain : IDisposable
{
    private readonly nint chain = LlamaApi.llama_sampler_chain_init(noPerf: 1);
    private readonly int vocabularySize;
    private readonly Grammar? grammar;
    private readonly TokenData* candidates;
    private readonly JsonCloser? closer;
    private readonly int closingTokens;
    private readonly int levelTokens;

    /// <summary>Owns the grammar from here on.</summary>
    public SamplerChain(LoadedModel model, Generation settings, Grammar? grammar = null)
    {
        vocabularySize = model.VocabularySize;
        this.grammar = grammar;
        if (grammar is not null) candidates = (TokenData*)NativeMemory.Alloc((nuint)vocabularySize, (nuint)sizeof(TokenData));
        if (grammar is not null && settings.ClosingBytes > 0) (closer, closingTokens, levelTokens) = (new(model), model.TokensFor(settings.ClosingBytes), model.TokensFor(settings.LevelBytes));
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

    /// <summary>The answer was brought to its end before the model would have ended it.</summary>
    public bool CutShort => closer is { CutShort: true };

    /// <summary>Takes the next token from the logits at this place of the last batch, when so many are left; null when the grammar permits none.</summary>
    public int? Sample(nint context, int outputIndex, int left = int.MaxValue)
    {
        if (grammar is null) return LlamaApi.llama_sampler_sample(chain, context, outputIndex);
        var logits = LlamaApi.llama_get_logits_ith(context, outputIndex);
        var token = Choose(logits, byGrammar: false);
        // What the model wants mostly fits. Only if not, the whole vocabulary is looked at.
        if (grammar.Holds && !grammar.Allows(token))
        {
            token = Choose(logits, byGrammar: true);
            if (!grammar.Allows(token)) return null;
        }
        if (closer is not null && left <= closingTokens + (closer.Levels * levelTokens))
        {
            var closing = Choose(logits, byGrammar: true, toClose: true);
            closer.Chosen(token, closing);
            token = closing;
        }
        closer?.Accept(token);
        LlamaApi.llama_sampler_accept(chain, token);
        grammar.Accept(token);
        return token;
    }

    public void Dispose()
    {
        LlamaApi.llama_sampler_free(chain);
        grammar?.Dispose();
        NativeMemory.Free(candidates);
    }

    private int Choose(float* logits, bool byGrammar, bool toClose = false)
    {
        for (var token = 0; token < vocabularySize; token++) candidates[token] = new() { Token = token, Logit = logits[token] + (toClose ? closer!.Bias(token) : 0) };
        var array = new TokenDataArray { Data = candidates, Count = (nuint)vocabularySize, Selected = -1 };
        if (byGrammar) grammar!.Apply(ref array);
        LlamaApi.llama_sampler_apply(chain, &array);
        return array.Data[array.Selected].Token;
    }

    private void Add(nint sampler) => LlamaApi.llama_sampler_chain_add(chain, sampler);

    private void AddLogitBias(LoadedModel model, IReadOnlyDictionary<int, float> biases)
    {
        LogitBias[] natives = [.. from pair in biases where pair.Key >= 0 && pair.Key < model.VocabularySize select new LogitBias { Token = pair.Key, Bias = pair.Value }];
        fixed (LogitBias* first = natives) Add(LlamaApi.llama_sampler_init_logit_bias(model.VocabularySize, natives.Length, first));
    }
}
