using System.Diagnostics;
using System.Globalization;
using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>
/// How near the predicted speed of models that were never benched comes to the one they have: other sizes, other formats. Bench and models take
/// turns, three times, and the median of the three counts, so that both see the same machine.
/// </summary>
internal static class PredictRow
{
    private const int Passes = 3, Rounds = 7, PromptTokens = 40, AnswerTokens = 48;

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(25);

    /// <summary>27 and 85 M weights, heads of 64 and of 96; the format that the bench leaves out only where it takes no minute.</summary>
    private static readonly (int Embedding, int Layers, int FeedForward, WeightFormat Format)[] Models =
    [
        (512, 8, 1536, WeightFormat.F32), (512, 8, 1536, WeightFormat.F16), (512, 8, 1536, WeightFormat.Q8_0), (512, 8, 1536, WeightFormat.Q4_0),
        (768, 12, 2048, WeightFormat.F16), (768, 12, 2048, WeightFormat.Q8_0), (768, 12, 2048, WeightFormat.Q4_0),
    ];

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        using var folder = new TempFolder();
        progress.Say("writing the models");
        foreach (var model in Models) TinyGguf.WriteRandom(Path(model), model.Embedding, model.Layers, 8, model.FeedForward, 2048, format: model.Format);
        List<double>[] before = [.. Models.Select(_ => new List<double>())], after = [.. Models.Select(_ => new List<double>())];
        for (var pass = 1; pass <= Passes; pass++)
        {
            progress.Say(Number($"pass {pass} of {Passes}: measuring the machine"));
            var machine = await MachineScan.RunAsync(MachineRoot.This, folder.Path, [], new BandOptions(), new PrivacyOptions(), TimeProvider.System, cancellationToken);
            var bench = await NodeBench.RunAsync(new NodeBenchInput(machine, folder.Path, [], 42, Short: false, "bench", Runner: null), new BenchClock(Budget, TimeProvider.System, new Unwatched()), TimeProvider.System, cancellationToken);
            progress.Say(string.Join(", ", bench.Figures.Where(figure => figure.Name.StartsWith("weights", StringComparison.Ordinal)).Select(figure => Number($"{figure.Name} {figure.Median} ± {figure.SpreadPermille / 10}"))));
            for (var at = 0; at < Models.Length; at++)
            {
                var predicted = SpeedRules.Predict(ModelShape.TryRead(Path(Models[at]), out _)!, bench, PromptTokens + (AnswerTokens / 2)) ?? throw new InvalidOperationException($"the benchmark lacks figures: {string.Join("; ", bench.Skipped)}");
                var jobs = await JobsAsync(Path(Models[at]), cancellationToken);
                var truth = Statistics.Median(jobs.Select(job => (double)job));
                before[at].Add((predicted / truth) - 1);
                after[at].Add((SpeedRules.After(predicted, jobs[..SpeedRules.EnoughJobs]) / Statistics.Median(jobs[SpeedRules.EnoughJobs..].Select(job => (double)job))) - 1);
                progress.Say(Number($"{Name(Models[at])}: {predicted / 1000.0:0} for {truth / 1000:0}/s, {before[at][^1] * 100:+0;-0} %, then {after[at][^1] * 100:+0.0;-0.0} %"));
            }
        }

        return [Worst("speed of models that were not benched", 35, before), Worst("the same after their first 5 jobs", 10, after)];

        string Path((int Embedding, int Layers, int FeedForward, WeightFormat Format) model) => folder.File($"{model.Embedding}-{model.Format}.gguf");
    }

    private static Figure Worst(string name, int permitted, List<double>[] off)
    {
        var medians = off.Select(passes => Statistics.Median(passes) * 100).ToList();
        var worst = medians.Max(Math.Abs);
        return new Figure(Number($"{name}, worst of {Models.Length}"), Number($"≤ {permitted} % off"), Number($"{worst:0.0} %"), worst <= permitted,
            string.Join(", ", Models.Select((model, at) => Number($"{Name(model)} {medians[at]:+0;-0} %"))));
    }

    private static string Name((int Embedding, int Layers, int FeedForward, WeightFormat Format) model) => $"{model.Embedding}×{model.Layers} {model.Format}";

    /// <summary>Thousandths of a token per second of jobs one after the other; the first, which warms up, is left out.</summary>
    private static async Task<List<long>> JobsAsync(string path, CancellationToken cancellationToken)
    {
        await using var runner = await DemoModel.StartAsync(new LlamaRunnerOptions { ModelPath = path, ModelId = "other", ContextTokens = 512, Slots = 1 });
        List<long> jobs = [];
        for (var job = 0; job <= SpeedRules.EnoughJobs + Rounds; job++)
        {
            var request = new InferenceRequest { RequestId = Guid.CreateVersion7().ToString(), ModelId = "other", Prompt = new string('a', PromptTokens), MaxTokens = AnswerTokens, Temperature = 0 };
            var (asked, first) = (Stopwatch.GetTimestamp(), 0.0);
            await foreach (var step in runner.StreamAsync(request, cancellationToken))
            {
                if (step is InferenceDelta && first == 0) first = Stopwatch.GetElapsedTime(asked).TotalMilliseconds;
                if (step is InferenceEnd end && job > 0 && SpeedRules.OfJob(end.OutputTokens, Stopwatch.GetElapsedTime(asked).TotalMilliseconds, first) is { } speed) jobs.Add(speed);
            }
        }

        return jobs;
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Unwatched : IProgress<BenchProgress>
    {
        public void Report(BenchProgress value)
        {
        }
    }
}
