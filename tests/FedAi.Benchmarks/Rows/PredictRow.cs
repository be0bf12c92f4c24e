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
/// turns, and the median of all rounds counts, so that both see the same machine also where its speed drifts.
/// </summary>
internal static class PredictRow
{
    private const int Rounds = 5, JobsAfter = 5, MostJobs = 20, PromptTokens = 40, AnswerTokens = 48;

    /// <summary>Of each round's bench; the least rounds of its own take a little longer.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(15);

    /// <summary>27 and 85 M weights, heads of 64 and of 96.</summary>
    private static readonly (int Embedding, int Layers, int FeedForward, WeightFormat Format)[] Models =
    [
        (512, 8, 1536, WeightFormat.F16), (512, 8, 1536, WeightFormat.Q8_0), (512, 8, 1536, WeightFormat.Q4_0),
        (768, 12, 2048, WeightFormat.F16), (768, 12, 2048, WeightFormat.Q8_0), (768, 12, 2048, WeightFormat.Q4_0),
    ];

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        using var folder = new TempFolder();
        progress.Say("loading the models");
        List<LlamaRunner> runners = [];
        List<ModelShape> shapes = [];
        List<double>[] before = [.. Models.Select(_ => new List<double>())], after = [.. Models.Select(_ => new List<double>())];
        try
        {
            foreach (var (embedding, layers, feedForward, format) in Models)
            {
                var path = folder.File(Number($"{embedding}-{format}.gguf"));
                TinyGguf.WriteRandom(path, embedding, layers, 8, feedForward, 2048, format: format);
                shapes.Add(ModelShape.TryRead(path, out var problem) ?? throw new InvalidOperationException(problem));
                runners.Add(await DemoModel.StartAsync(new LlamaRunnerOptions { ModelPath = path, ModelId = "other", ContextTokens = 512, Slots = 1 }));
            }

            for (var round = 1; round <= Rounds; round++)
            {
                progress.Say(Number($"round {round} of {Rounds}: measuring the machine"));
                var bench = await BenchAsync(folder.Path, cancellationToken);
                progress.Say(string.Join(", ", bench.Figures.Select(figure => Number($"{figure.Name} {figure.Median} ± {figure.SpreadPermille / 10} %"))));
                for (var at = 0; at < Models.Length; at++)
                {
                    var predicted = SpeedRules.Predict(shapes[at], bench, PromptTokens + (AnswerTokens / 2)) ?? throw new InvalidOperationException($"the benchmark lacks figures: {string.Join("; ", bench.Skipped)}");
                    var jobs = await JobsAsync(runners[at], cancellationToken);
                    var truth = Median(jobs);
                    before[at].Add((predicted / truth) - 1);
                    after[at].Add((SpeedRules.After(predicted, jobs[..SpeedRules.EnoughJobs]) / Median(jobs[SpeedRules.EnoughJobs..])) - 1);
                    progress.Say(Number($"{Name(Models[at])}: {predicted / 1000.0:0} for {truth / 1000:0}/s, {before[at][^1] * 100:+0;-0} %, then {after[at][^1] * 100:+0.0;-0.0} %"));
                }
            }
        }
        finally
        {
            foreach (var runner in runners) await runner.DisposeAsync();
        }

        return [Worst("speed of models that were not benched", 35, before), Worst("the same after their first 5 jobs", 10, after)];
    }

    private static async Task<BenchResult> BenchAsync(string folder, CancellationToken cancellationToken)
    {
        var machine = await MachineScan.RunAsync(MachineRoot.This, folder, [], new BandOptions(), new PrivacyOptions(), TimeProvider.System, cancellationToken);
        return await NodeBench.RunAsync(new NodeBenchInput(machine, folder, [], 42, Short: false, "bench", Runner: null), new BenchClock(Budget, TimeProvider.System, new Unwatched()), TimeProvider.System, cancellationToken);
    }

    private static Figure Worst(string name, int permitted, List<double>[] off)
    {
        var medians = off.Select(rounds => Statistics.Median(rounds) * 100).ToList();
        var worst = medians.Max(Math.Abs);
        return new Figure(Number($"{name}, worst of {Models.Length}"), Number($"≤ {permitted} % off"), Number($"{worst:0.0} %"), worst <= permitted,
            Number($"medians of {Rounds} rounds: ") + string.Join(", ", Models.Select((model, at) => Number($"{Name(model)} {medians[at]:+0.0;-0.0} %"))));
    }

    private static string Name((int Embedding, int Layers, int FeedForward, WeightFormat Format) model) => Number($"{model.Embedding}×{model.Layers} {model.Format}");

    /// <summary>Thousandths of a token per second of jobs one after the other; the first, which warms up, is left out.</summary>
    private static async Task<List<long>> JobsAsync(LlamaRunner runner, CancellationToken cancellationToken)
    {
        List<long> jobs = [];
        for (var job = 0; jobs.Count < SpeedRules.EnoughJobs + JobsAfter; job++)
        {
            if (job > MostJobs) throw new InvalidOperationException("the answers were too short to have a rate");
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

    private static double Median(IEnumerable<long> jobs) => Statistics.Median(jobs.Select(job => (double)job));

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Unwatched : IProgress<BenchProgress>
    {
        public void Report(BenchProgress value)
        {
        }
    }
}
