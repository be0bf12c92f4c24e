using System.Globalization;

namespace FedAi.Benchmarks.Rows;

/// <summary>What the router costs: latency at one connection and throughput at many, beside the same stub called directly.</summary>
internal static class RouterRows
{
    private const int Rounds = 5;

    public static async Task<IReadOnlyList<Figure>> LatencyAsync(Progress progress, CancellationToken cancellationToken)
    {
        const int perRound = 1000;
        await using var bench = await RouterBench.StartAsync(cancellationToken);
        await bench.WarmUpAsync(connections: 1, cancellationToken);
        List<double> p50 = [], p99 = [], directP50 = [], directP99 = [];
        List<string> problems = [];
        for (var round = 1; round <= Rounds; round++)
        {
            var direct = await bench.DirectAsync(perRound, connections: 1, problems, cancellationToken);
            var routed = await bench.RoutedAsync(perRound, connections: 1, problems, cancellationToken);
            directP50.Add(Statistics.Median(direct.Milliseconds));
            directP99.Add(Statistics.Percentile(direct.Milliseconds, 0.99));
            p50.Add(Statistics.Median(routed.Milliseconds) - directP50[^1]);
            p99.Add(Statistics.Percentile(routed.Milliseconds, 0.99) - directP99[^1]);
            progress.Say(string.Create(CultureInfo.InvariantCulture, $"round {round} of {Rounds}: +{p50[^1]:0.00} ms at p50, +{p99[^1]:0.00} ms at p99"));
        }

        return
        [
            Milliseconds("added by the router, p50, 1 connection", 0.5, Statistics.Median(p50), Statistics.Median(directP50)),
            Milliseconds("added by the router, p99, 1 connection", 2, Statistics.Median(p99), Statistics.Median(directP99)),
            Refusals("latency", problems),
        ];
    }

    public static async Task<IReadOnlyList<Figure>> ThroughputAsync(Progress progress, CancellationToken cancellationToken)
    {
        const int perRound = 6000;
        await using var bench = await RouterBench.StartAsync(cancellationToken);
        List<Figure> figures = [];
        List<string> problems = [];
        foreach (var connections in new[] { 16, 64 })
        {
            await bench.WarmUpAsync(connections, cancellationToken);
            List<double> perSecond = [], directPerSecond = [], slowest = [];
            for (var round = 1; round <= Rounds; round++)
            {
                var direct = await bench.DirectAsync(perRound, connections, problems, cancellationToken);
                var routed = await bench.RoutedAsync(perRound, connections, problems, cancellationToken);
                directPerSecond.Add(direct.PerSecond);
                perSecond.Add(routed.PerSecond);
                slowest.Add(routed.Milliseconds.Max() / Statistics.Median(routed.Milliseconds));
                progress.Say(string.Create(CultureInfo.InvariantCulture,
                    $"{connections} connections, round {round} of {Rounds}: {perSecond[^1]:0} requests/s, slowest {slowest[^1]:0.0} × p50"));
            }

            var median = Statistics.Median(perSecond);
            figures.Add(new Figure($"/infer through the router, {connections} connections", "≥ 2000 /s", Number($"{median:0} /s"), median >= 2000,
                Number($"the stub directly {Statistics.Median(directPerSecond):0} /s")));
            if (connections != 64) continue;
            var ratio = Statistics.Median(slowest);
            figures.Add(new Figure("slowest request, 64 connections", "≤ 20 × p50", Number($"{ratio:0.0} × p50"), ratio <= 20));
        }

        return [.. figures, Refusals("throughput", problems)];
    }

    private static Figure Milliseconds(string name, double reach, double got, double direct) =>
        new(name, Number($"≤ {reach} ms"), Number($"{got:0.00} ms"), got <= reach, Number($"the stub directly {direct:0.00} ms"));

    private static Figure Refusals(string row, List<string> problems) =>
        new($"{row}: forged requests and answers refused, no others", "all", problems.Count == 0 ? "all" : problems[0], problems.Count == 0);

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
