using System.Globalization;
using System.Text.Json;
using FedAi.Daemon.Capability;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>Whether one machine gets the same scores each time: a node's benchmark as its operator runs it, five times with the same seed.</summary>
internal static class ScoresRow
{
    private const int Runs = 5, Permitted = 15;
    private const string Seconds = "60", Seed = "42";

    /// <summary>What each of the promised figures is made of.</summary>
    private static readonly (string Part, string[] Scores)[] Parts =
    [
        ("processor", ["cpuScore", FigureNames.Matrix, FigureNames.Simd]), ("memory", ["memoryMBps", FigureNames.MemoryRead]), ("disk", ["diskMBps"]), ("model", ["model.1", "model.2", "model.3"]),
    ];

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        using var folder = new TempFolder();
        var machine = JsonSerializer.Deserialize(await Published.RunAsync(["profile", "--json", "--data", folder.Path], cancellationToken), CapabilityJson.Default.MachineProfile)!;
        List<Dictionary<string, double>> runs = [];
        HashSet<string> checksums = [];
        for (var run = 1; run <= Runs; run++)
        {
            var text = await Published.RunAsync(["bench", "node", "--data", folder.Path, "--max-seconds", Seconds, "--seed", Seed, "--json", "--set", $"runner.modelPath={DemoModel.Path}"], cancellationToken);
            var result = JsonSerializer.Deserialize(text, CapabilityJson.Default.BenchResult)!;
            checksums.Add(result.Checksum);
            runs.Add(Scores(result));
            progress.Say(Number($"run {run} of {Runs}, {result.DurationMs / 1000.0:0} s: ") + string.Join(", ", runs[^1].Select(score => Number($"{score.Key} {score.Value:0}"))));
        }

        return [.. Parts.Select(part => Worst(part.Part, part.Scores, runs)).Select(figure => machine.Hardware.Disk.IsVirtual ? WithoutDisk(figure) : figure), new Figure("node bench, same seed: the same work", "1 checksum", Number($"{checksums.Count}"), checksums.Count == 1)];
    }

    private static Dictionary<string, double> Scores(BenchResult result)
    {
        var scores = result.Figures.ToDictionary(figure => figure.Name, figure => (double)figure.Median);
        (scores["cpuScore"], scores["memoryMBps"], scores["diskMBps"]) = (result.CpuScore, result.MemoryMBps, result.DiskMBps);
        for (var size = 0; size < result.Model.Count; size++) scores[Number($"model.{size + 1}")] = result.Model[size].MilliTokensPerSecond;
        return scores;
    }

    /// <summary>The score of which one run lies furthest from the median of all; one that a run lacks fails.</summary>
    private static Figure Worst(string part, string[] names, List<Dictionary<string, double>> runs)
    {
        var name = Number($"node bench, {Runs} runs: {part} scores, worst from their median");
        var reach = Number($"≤ {Permitted} % off");
        if (Array.Find(names, score => runs.Exists(run => run.GetValueOrDefault(score) <= 0)) is { } missing) return new Figure(name, reach, $"no {missing}", false);
        var off = names.Select(score => (Score: score, Percent: Off([.. runs.Select(run => run[score])]))).ToList();
        return new Figure(name, reach, Number($"{off.Max(one => one.Percent):0.0} %"), off.TrueForAll(one => one.Percent <= Permitted), string.Join(", ", off.Select(one => Number($"{one.Score} {one.Percent:0.0} %"))));
    }

    /// <summary>A virtual disk is the host's, and never idle for being idle here (seen: twice as fast for some minutes): what it did is shown, and not judged (BEN-01).</summary>
    private static Figure WithoutDisk(Figure figure) =>
        figure.Name.Contains(" disk ", StringComparison.Ordinal) ? figure with { Reach = "a virtual disk: not judged", Ok = true } : figure;

    /// <summary>How far the run that differs most is from the median, in percent.</summary>
    private static double Off(List<double> values)
    {
        var median = Statistics.Median(values);
        return values.Max(value => Math.Abs(value / median - 1)) * 100;
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
