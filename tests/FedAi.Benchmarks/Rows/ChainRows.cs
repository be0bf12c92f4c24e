using System.Globalization;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>What gateway, router, node and runner cost a token, beside llama.cpp alone in this process on the same model.</summary>
internal static class ChainRows
{
    private const int Rounds = 5;
    private const string Question = "What is a router?";

    /// <summary>
    /// CPU time of one more token: requests for a whole answer minus as many for one token, so that reading the prompt
    /// and signing cancel out; minus what llama.cpp alone needs for a token. Signing and all, spread over the answer, stands beside.
    /// </summary>
    public static async Task<IReadOnlyList<Figure>> CpuPerTokenAsync(Progress progress, CancellationToken cancellationToken)
    {
        const int requests = 100;
        const int maxTokens = 64;
        await using var chain = await ChainBench.StartAsync(DemoModel.Path, cancellationToken);
        await RunAsync(maxTokens);
        await RunAsync(1);
        List<double> added = [], whole = [], bare = [];
        for (var round = 1; round <= Rounds; round++)
        {
            bare.Add(await Task.Run(() => BareLoop.Run(DemoModel.Path, Question, sequences: 1, tokensPerSequence: 400).ProcessorMicrosecondsPerToken, cancellationToken));
            var (longCpu, longTokens) = await RunAsync(maxTokens);
            var (shortCpu, shortTokens) = await RunAsync(1);
            added.Add((longCpu - shortCpu) / (longTokens - shortTokens) - bare[^1]);
            whole.Add(longCpu / longTokens - bare[^1]);
            progress.Say(Number($"round {round} of {Rounds}: {added[^1]:0} µs added, llama.cpp alone {bare[^1]:0} µs"));
        }

        var got = Statistics.Median(added);
        return
        [
            new Figure("CPU time added per token by runner pipe, node, router, gateway", "≤ 60 µs", Number($"{got:0} µs"), got <= 60,
                Number($"llama.cpp alone {Statistics.Median(bare):0} µs; with prompt and signatures {Statistics.Median(whole):0} µs")),
        ];

        async Task<(double Cpu, int Tokens)> RunAsync(int limit)
        {
            var (before, tokens) = (chain.CpuMicroseconds, 0);
            for (var request = 0; request < requests; request++)
                tokens += (await chain.AskAsync(Question, limit, cancellationToken)).OutputTokens;
            return (chain.CpuMicroseconds - before, tokens);
        }
    }

    /// <summary>Tokens a second of one stream, from its first token to its last.</summary>
    public static async Task<IReadOnlyList<Figure>> SpeedAsync(Progress progress, CancellationToken cancellationToken)
    {
        const int tokens = 400;
        using var folder = new TempFolder();
        var model = folder.File("medium.gguf");
        progress.Say("writing a model of 28 M weights");
        TinyGguf.WriteMedium(model);
        await using var chain = await ChainBench.StartAsync(model, cancellationToken);
        await chain.AskAsync(Question, tokens, cancellationToken);
        List<double> bare = [], chained = [], share = [];
        for (var round = 1; round <= Rounds; round++)
        {
            bare.Add((await Task.Run(() => BareLoop.Run(model, Question, sequences: 1, tokens), cancellationToken)).TokensPerSecond);
            var run = await chain.AskAsync(Question, tokens, cancellationToken);
            chained.Add((run.OutputTokens - 1) / (run.Arrivals[^1] - run.Arrivals[0]).TotalSeconds);
            share.Add(chained[^1] / bare[^1]);
            progress.Say(Number($"round {round} of {Rounds}: {chained[^1]:0.0} tokens/s, llama.cpp alone {bare[^1]:0.0}"));
        }

        var got = Statistics.Median(share);
        return
        [
            new Figure("tokens/s through the chain against llama.cpp alone", "≥ 0.97", Number($"{got:0.000}"), got >= 0.97,
                Number($"{Statistics.Median(chained):0} /s, llama.cpp alone {Statistics.Median(bare):0} /s")),
        ];
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
