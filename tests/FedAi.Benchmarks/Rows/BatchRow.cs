using System.Globalization;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>Eight answers at once through the chain, beside llama.cpp alone with eight sequences in one batch, on the same model.</summary>
internal static class BatchRow
{
    private const int Rounds = 5;
    private const int Streams = 8;
    private const int Tokens = 300;
    private const string Question = "What is a router?";

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        using var folder = new TempFolder();
        var model = folder.File("medium.gguf");
        progress.Say("writing a model of 28 M weights");
        TinyGguf.WriteMedium(model);
        await using var chain = await ChainBench.StartAsync(model, cancellationToken, slots: Streams);
        await RunAsync();
        List<double> bare = [], chained = [], share = [];
        for (var round = 1; round <= Rounds; round++)
        {
            bare.Add((await Task.Run(() => BareLoop.Run(model, Question, Streams, Tokens), cancellationToken)).TokensPerSecond);
            chained.Add(await RunAsync());
            share.Add(chained[^1] / bare[^1]);
            progress.Say(Number($"round {round} of {Rounds}: {chained[^1]:0} tokens/s, llama.cpp alone {bare[^1]:0}"));
        }

        var got = Statistics.Median(share);
        return
        [
            new Figure($"{Streams} streams through the chain against llama.cpp alone with {Streams} sequences", "≥ 0.95", Number($"{got:0.000}"), got >= 0.95,
                Number($"{Statistics.Median(chained):0} tokens/s, llama.cpp alone {Statistics.Median(bare):0}")),
        ];

        // All tokens but the first of each, as with llama.cpp alone, from the first that came to the last.
        async Task<double> RunAsync()
        {
            var runs = await Task.WhenAll(Enumerable.Range(0, Streams).Select(stream => chain.AskAsync($"{Question} ({stream})", Tokens, cancellationToken)));
            var time = runs.Max(run => run.Arrivals[^1]) - runs.Min(run => run.Arrivals[0]);
            return runs.Sum(run => run.OutputTokens - 1) / time.TotalSeconds;
        }
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
