using System.Diagnostics;
using FedAi.LlamaHost;
using FedAi.LlamaHost.Native;
using FedAi.Runners.Llama;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.TestKit;

/// <summary>The plainest loop over llama.cpp there is, in this process, as the measure of what everything around it costs.</summary>
internal static class BareLoop
{
    /// <summary>
    /// Greedy, one thread, so many sequences in one batch, each with the same prompt and exactly so many tokens: what
    /// <see cref="DecodeLoop"/> does with the model, and nothing else.
    /// </summary>
    public static BareLoopResult Run(string modelPath, string prompt, int sequences, int tokensPerSequence)
    {
        using var model = Load(modelPath, sequences);
        var promptTokens = model.Tokenize(model.Chat.TryRender([new("user", prompt)], null, out _)!);
        var samplers = Enumerable.Range(0, sequences).Select(_ => new SamplerChain(model, Greedy(tokensPerSequence))).ToArray();
        var batch = LlamaApi.llama_batch_init(LoadedModel.BatchTokens, 0, 1);
        try
        {
            var next = new int[sequences];
            for (var sequence = 0; sequence < sequences; sequence++)
            {
                batch.Count = 0;
                for (var i = 0; i < promptTokens.Length; i++) batch.Add(promptTokens[i], i, sequence, i == promptTokens.Length - 1);
                Decode(model, batch);
                next[sequence] = samplers[sequence].Sample(model.Context, batch.Count - 1)!.Value;
            }
            return Generate(model, batch, samplers, next, promptTokens.Length, tokensPerSequence);
        }
        finally
        {
            LlamaApi.llama_batch_free(batch);
            foreach (var sampler in samplers) sampler.Dispose();
        }
    }

    /// <summary>From a prompt's text to its first token, for one after the other; nothing is remembered between them.</summary>
    public static IReadOnlyList<TimeSpan> FirstTokens(string modelPath, IReadOnlyList<string> prompts)
    {
        using var model = Load(modelPath, sequences: 1);
        using var sampler = new SamplerChain(model, Greedy(1));
        var batch = LlamaApi.llama_batch_init(LoadedModel.BatchTokens, 0, 1);
        var times = new List<TimeSpan>();
        foreach (var prompt in prompts)
        {
            var began = Stopwatch.GetTimestamp();
            var tokens = model.Tokenize(model.Chat.TryRender([new("user", prompt)], null, out _)!);
            batch.Count = 0;
            for (var i = 0; i < tokens.Length; i++) batch.Add(tokens[i], i, 0, i == tokens.Length - 1);
            Decode(model, batch);
            sampler.Sample(model.Context, batch.Count - 1);
            times.Add(Stopwatch.GetElapsedTime(began));
            model.Forget(0);
        }
        LlamaApi.llama_batch_free(batch);
        return times;
    }

    private static LoadedModel Load(string modelPath, int sequences)
    {
        var libraries = LlamaFiles.FindLibraries(null) ?? throw new InvalidOperationException("run ./fedai.sh setup first");
        if (NativeLibraries.TryLoad(libraries) is { } unusable) throw new InvalidOperationException(unusable);
        var settings = new LoadSettings(libraries, modelPath, 2048, sequences, Threads: 1, MemoryBytes: 0);
        return LoadedModel.TryLoad(settings, _ => { }, out var problem) ?? throw new InvalidOperationException(problem);
    }

    private static BareLoopResult Generate(LoadedModel model, Batch batch, SamplerChain[] samplers, int[] next, int position, int tokens)
    {
        Span<byte> piece = stackalloc byte[256];
        var processor = Environment.CpuUsage.TotalTime;
        var began = Stopwatch.GetTimestamp();
        for (var made = 1; made < tokens; made++, position++)
        {
            batch.Count = 0;
            for (var sequence = 0; sequence < next.Length; sequence++) batch.Add(next[sequence], position, sequence, wantLogits: true);
            Decode(model, batch);
            for (var sequence = 0; sequence < next.Length; sequence++)
            {
                next[sequence] = samplers[sequence].Sample(model.Context, sequence)!.Value;
                model.PieceOf(next[sequence], piece);
            }
        }
        var elapsed = Stopwatch.GetElapsedTime(began);
        return new((tokens - 1) * next.Length, elapsed, Environment.CpuUsage.TotalTime - processor);
    }

    private static void Decode(LoadedModel model, Batch batch)
    {
        var result = LlamaApi.llama_decode(model.Context, batch);
        if (result != 0) throw new InvalidOperationException($"llama_decode: {result}");
    }

    private static Generation Greedy(int tokens) => new()
    {
        MaxTokens = tokens, Seed = 1, Temperature = 0, TopK = 0, TopP = 1, MinP = 0, PresencePenalty = 0, FrequencyPenalty = 0, Stop = [],
    };
}
