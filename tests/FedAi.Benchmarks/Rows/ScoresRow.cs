using System.Globalization;
using System.Text.Json;
using FedAi.Daemon.Capability;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>Whether one machine gets the same scores each time: a node's benchmark as its operator runs it, five times with the same seed.</summary>
internal static class ScoresRow
{
    private const int Runs = 5, Permitted = 15;
    private const string Seconds = "20";

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        using var folder = new TempFolder();
        Dictionary<string, List<double>> scores = [];
        HashSet<string> checksums = [];
        for (var run = 1; run <= Runs; run++)
        {
            var text = await Published.RunAsync(["bench", "node", "--data", folder.Path, "--max-seconds", Seconds, "--json", "--set", $"runner.modelPath={DemoModel.Path}"], cancellationToken);
            var result = JsonSerializer.Deserialize(text, CapabilityJson.Default.BenchResult)!;
            checksums.Add(result.Checksum);
            // What is left of one rate beside another is no score.
            foreach (var figure in result.Figures.Where(figure => figure.Name is not (FigureNames.TokenCost or FigureNames.LayerCost or FigureNames.HeadCost or FigureNames.OddHeadCost))) Add(figure.Name, figure.Median);
            for (var size = 0; size < result.Model.Count; size++) Add($"model.{size + 1}", result.Model[size].MilliTokensPerSecond);
            progress.Say(Number($"run {run} of {Runs}: {result.DurationMs / 1000.0:0} s"));
        }

        foreach (var (name, values) in scores) progress.Say($"{name}: {string.Join(", ", values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}");
        return
        [
            .. scores.GroupBy(score => score.Key.Split('.')[0]).Select(Worst),
            new Figure("node bench, same seed: the same work", "1 checksum", Number($"{checksums.Count}"), checksums.Count == 1),
        ];

        void Add(string name, double value)
        {
            if (scores.TryGetValue(name, out var values)) values.Add(value);
            else scores[name] = [value];
        }
    }

    private static Figure Worst(IGrouping<string, KeyValuePair<string, List<double>>> group)
    {
        var each = group.Select(score => (Name: score.Key, Off: Off(score.Value))).ToList();
        var worst = each.MaxBy(score => score.Off);
        return new Figure($"node bench, 5 runs, {group.Key} scores: worst from its median", Number($"≤ {Permitted} % off"), Number($"{worst.Off:0.0} %"), worst.Off <= Permitted && group.All(score => score.Value.Count == Runs),
            string.Join(", ", each.Select(score => Number($"{score.Name} {score.Off:0.0} %"))));
    }

    /// <summary>How far the run that differs most is from the median, in percent.</summary>
    private static double Off(List<double> values)
    {
        var median = Statistics.Median(values);
        return values.Max(value => Math.Abs(value / median - 1)) * 100;
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
