using System.Text;
using FedAi.LlamaHost.Native;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.LlamaHost;

/// <summary>
/// Says which tokens may come next, by llama.cpp's grammar (GBNF). llama.cpp ends the process when it is told of a token that
/// does not fit, so none is told that was not asked about before.
/// </summary>
internal sealed unsafe class Grammar : IDisposable
{
    private readonly LoadedModel model;
    private readonly nint sampler;
    private readonly byte[][] triggers;
    private readonly List<byte> said = []; // before the grammar holds
    private readonly List<(int Token, int Start)> tokens = [];

    private Grammar(LoadedModel model, nint sampler, IReadOnlyList<string> triggers)
    {
        (this.model, this.sampler) = (model, sampler);
        this.triggers = [.. triggers.Select(Encoding.UTF8.GetBytes)];
        Holds = triggers.Count == 0;
    }

    /// <summary>It decides about the next token; not yet while it waits for the text that begins it.</summary>
    public bool Holds { get; private set; }

    /// <summary>Null when the text is no grammar that llama.cpp takes: unknown rules, endless recursion, too many repetitions.</summary>
    public static Grammar? TryParse(LoadedModel model, Generation settings)
    {
        if (!GrammarLimits.Permits(settings.Grammar!) || settings.GrammarTriggers.Any(trigger => trigger.Length == 0)) return null;
        var sampler = LlamaApi.llama_sampler_init_grammar(model.Vocabulary, settings.Grammar!, "root");
        return sampler == 0 ? null : new(model, sampler, settings.GrammarTriggers);
    }

    /// <summary>Takes what does not fit out of the running: its logit becomes minus infinity.</summary>
    public void Apply(ref TokenDataArray candidates)
    {
        fixed (TokenDataArray* array = &candidates) LlamaApi.llama_sampler_apply(sampler, array);
    }

    /// <summary>Asked of one token, this is far cheaper than of the whole vocabulary.</summary>
    public bool Allows(int token)
    {
        var only = new TokenData { Token = token };
        var candidates = new TokenDataArray { Data = &only, Count = 1, Selected = -1 };
        Apply(ref candidates);
        return candidates.Count == 1 && !float.IsNegativeInfinity(candidates.Data->Logit);
    }

    /// <summary>The answer goes on with this token, which fits where the grammar holds.</summary>
    public void Accept(int token)
    {
        if (Holds)
        {
            LlamaApi.llama_sampler_accept(sampler, token);
            return;
        }
        var before = said.Count;
        tokens.Add((token, before));
        said.AddRange(model.BytesOf(token, markers: true));
        foreach (var trigger in triggers)
        {
            var from = Math.Max(0, before - trigger.Length + 1);
            var found = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(said)[from..].IndexOf(trigger);
            if (found < 0) continue;
            Holds = TryBegin(from + found);
            return;
        }
    }

    public void Dispose() => LlamaApi.llama_sampler_free(sampler);

    /// <summary>Tells the grammar what was said since it should hold; false, and it goes on waiting, when that does not fit.</summary>
    private bool TryBegin(int start)
    {
        var first = tokens.FindLastIndex(token => token.Start <= start);
        IEnumerable<int> since = tokens.Skip(first).Select(token => token.Token);
        if (tokens[first].Start < start)
        {
            // The beginning lies within a token: its rest is said in other tokens, which mean the same.
            var end = first + 1 < tokens.Count ? tokens[first + 1].Start : said.Count;
            var rest = said[start..end].ToArray();
            var parts = model.Tokenize(Encoding.UTF8.GetString(rest), asPrompt: false);
            if (!parts.SelectMany(part => model.BytesOf(part, markers: true)).SequenceEqual(rest)) return false;
            since = [.. parts, .. tokens.Skip(first + 1).Select(token => token.Token)];
        }
        foreach (var token in since)
        {
            if (!Allows(token))
            {
                LlamaApi.llama_sampler_reset(sampler);
                return false;
            }
            LlamaApi.llama_sampler_accept(sampler, token);
        }
        said.Clear();
        tokens.Clear();
        return true;
    }
}
