using System.Globalization;

namespace FedAi.Benchmarks.Rows;

/// <summary>How much later a token arrives because a router stands in between, at 200 streams of 20 tokens a second, and what memory each takes there.</summary>
internal static class StreamRow
{
    private const int Rounds = 5;
    private const int Streams = 200;
    private const int TokensPerStream = 100;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        await using var bench = await RouterBench.StartAsync(cancellationToken);
        await bench.WarmUpAsync(connections: 16, cancellationToken);
        await bench.StreamAsync(routed: true, Streams / 10, 20, [], cancellationToken);
        var without = (await bench.UseAsync(cancellationToken)).MemoryMb;
        var with = without;
        var first = bench.StreamAsync(routed: true, Streams, TokensPerStream, [], cancellationToken);
        while (await Task.WhenAny(first, Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken)) != first) with = Math.Max(with, bench.Use.MemoryMb);
        await first;
        var perStream = (with - without) * 1e6 / 1024 / Streams;
        List<double> added = [], routed = [], direct = [];
        List<string> problems = [];
        for (var round = 1; round <= Rounds; round++)
        {
            direct.Add(Statistics.Percentile(await bench.StreamAsync(routed: false, Streams, TokensPerStream, problems, cancellationToken), 0.99));
            routed.Add(Statistics.Percentile(await bench.StreamAsync(routed: true, Streams, TokensPerStream, problems, cancellationToken), 0.99));
            added.Add(routed[^1] - direct[^1]);
            progress.Say(Number($"round {round} of {Rounds}: p99 {routed[^1]:0.00} ms through the router, {direct[^1]:0.00} ms directly"));
        }

        var got = Statistics.Median(added);
        return
        [
            new Figure($"delay added per token, {Streams} streams, p99", "≤ 2 ms", Number($"{got:0.00} ms"), got <= 2,
                Number($"{Statistics.Median(routed):0.00} ms, directly {Statistics.Median(direct):0.00} ms")),
            new Figure($"router's memory per stream, the most while {Streams} begin and run", "≤ 100 KB", Number($"{perStream:0} KB"), perStream <= 100,
                Number($"{without:0} MB without, {with:0} MB with")),
            new Figure("streams: forged requests and answers refused, no others", "all", problems.Count == 0 ? "all" : problems[0], problems.Count == 0),
        ];
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
