using System.Globalization;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>How much later the first token comes because gateway, router, node and runner stand before llama.cpp.</summary>
internal static class FirstTokenRow
{
    private const int Rounds = 5;
    private const int PerRound = 60;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        await using var chain = await ChainBench.StartAsync(DemoModel.Path, cancellationToken);
        await RunAsync(0);
        List<double> bare = [], chained = [], added = [];
        for (var round = 1; round <= Rounds; round++)
        {
            var questions = Questions(round);
            bare.Add(Statistics.Median((await Task.Run(() => BareLoop.FirstTokens(DemoModel.Path, questions), cancellationToken)).Select(time => time.TotalMilliseconds)));
            chained.Add(await RunAsync(round));
            added.Add(chained[^1] - bare[^1]);
            progress.Say(Number($"round {round} of {Rounds}: first token after {chained[^1]:0.0} ms, llama.cpp alone {bare[^1]:0.0} ms"));
        }

        var got = Statistics.Median(added);
        return
        [
            new Figure("time to first token added by the chain", "≤ 5 ms", Number($"{got:0.0} ms"), got <= 5,
                Number($"{Statistics.Median(chained):0.0} ms, llama.cpp alone {Statistics.Median(bare):0.0} ms")),
        ];

        async Task<double> RunAsync(int round)
        {
            var times = new List<double>();
            foreach (var question in Questions(round)) times.Add((await chain.AskAsync(question, 2, cancellationToken)).Arrivals[0].TotalMilliseconds);
            return Statistics.Median(times);
        }
    }

    /// <summary>No two alike, from the beginning on: nothing of one is remembered for another.</summary>
    private static string[] Questions(int round) => [.. Enumerable.Range(0, PerRound).Select(index => Number($"{round}.{index}: What is a router, and what is a node?"))];

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
