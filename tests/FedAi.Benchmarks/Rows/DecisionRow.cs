using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>The router's decision among a thousand nodes with every processor busy, as <c>fedai bench router</c> tells it and as it is here: the same work by the same rules.</summary>
internal static class DecisionRow
{
    private const int Runs = 3, Permitted = 20;
    private const string Seconds = "25";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2), Measured = TimeSpan.FromSeconds(4);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        using var folder = new TempFolder();
        var work = new DecisionWork(42, TimeProvider.System);
        (string Name, double Share)[] figures = [(FigureNames.DecisionP50, 0.5), (FigureNames.DecisionP95, 0.95)];
        List<double>[] told = [[], []], here = [[], []];
        for (var run = 1; run <= Runs; run++)
        {
            progress.Say($"run {run} of {Runs}");
            var bench = JsonSerializer.Deserialize(await Published.RunAsync(["bench", "router", "--data", folder.Path, "--max-seconds", Seconds, "--json"], cancellationToken), CapabilityJson.Default.BenchResult)!;
            for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < WarmUp;) work.Decide();
            var rounds = Rounds(Measured);
            for (var at = 0; at < figures.Length; at++)
            {
                told[at].Add(bench.Of(figures[at].Name) ?? throw new InvalidOperationException($"the benchmark lacks {figures[at].Name}"));
                here[at].Add(Statistics.Median(rounds.Select(round => Statistics.Percentile(round, figures[at].Share))));
                progress.Say(Number($"{figures[at].Name}: {told[at][^1]:0} µs told, {here[at][^1]:0} µs here"));
            }
        }

        return [.. figures.Select((figure, at) =>
        {
            var (itsTold, itsHere) = (Statistics.Median(told[at]), Statistics.Median(here[at]));
            var off = Math.Abs(itsTold / itsHere - 1) * 100;
            return new Figure($"{figure.Name} of fedai bench router, beside the same here", Number($"≤ {Permitted} % off"), Number($"{off:0.0} %"), off <= Permitted, Number($"{itsTold:0} µs told, {itsHere:0} µs here, among {DecisionWork.Nodes} nodes"));
        })];

        List<IReadOnlyList<double>> Rounds(TimeSpan span)
        {
            List<IReadOnlyList<double>> rounds = [];
            for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < span;) rounds.Add(work.Round());
            return rounds;
        }
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
