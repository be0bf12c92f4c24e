using System.Diagnostics;
using System.Globalization;
using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>How near the predicted speed of models that were never benched comes to the one they have: other sizes, other formats.</summary>
internal static class PredictRow
{
    private const int Rounds = 7, PromptTokens = 40, AnswerTokens = 48;

    /// <summary>Embedding, layers, feed-forward: 27 and 85 M weights.</summary>
    private static readonly (int Embedding, int Layers, int FeedForward)[] Sizes = [(512, 8, 1536), (768, 12, 2048)];

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        using var folder = new TempFolder();
        progress.Say("measuring the machine and the demo model");
        await using var demo = await DemoModel.StartAsync();
        var machine = await MachineScan.RunAsync(MachineRoot.This, folder.Path, [], new BandOptions(), new PrivacyOptions(), TimeProvider.System, cancellationToken);
        var bench = await NodeBench.RunAsync(new NodeBenchInput(machine, folder.Path, [], 42, Short: false, "bench", demo, ModelShape.TryRead(DemoModel.Path, out _)),
            new BenchClock(TimeSpan.FromSeconds(30), TimeProvider.System, new Unwatched()), TimeProvider.System, cancellationToken);
        List<double> before = [], after = [];
        List<string> each = [];
        foreach (var (embedding, layers, feedForward) in Sizes)
        {
            foreach (var format in (WeightFormat[])[WeightFormat.F16, WeightFormat.Q8_0, WeightFormat.Q4_0])
            {
                progress.Say(string.Create(CultureInfo.InvariantCulture, $"{embedding} × {layers}, {format}"));
                var path = folder.File("other.gguf");
                TinyGguf.WriteRandom(path, embedding, layers, 8, feedForward, 2048, format: format);
                var predicted = SpeedRules.Predict(ModelShape.TryRead(path, out _)!, bench, PromptTokens + AnswerTokens / 2) ?? throw new InvalidOperationException("the benchmark lacks figures");
                var jobs = await JobsAsync(path, cancellationToken);
                var truth = Statistics.Median(jobs.Select(job => (double)job));
                before.Add(Math.Abs(predicted / truth - 1) * 100);
                after.Add(Math.Abs(SpeedRules.After(predicted, jobs[..SpeedRules.EnoughJobs]) / Statistics.Median(jobs[SpeedRules.EnoughJobs..].Select(job => (double)job)) - 1) * 100);
                each.Add(string.Create(CultureInfo.InvariantCulture, $"{embedding}×{layers} {format}: {predicted / 1000.0:0} for {truth / 1000:0}/s"));
                progress.Say(each[^1]);
                File.Delete(path);
            }
        }

        return
        [
            new Figure("speed of models that were not benched, worst of 6", "≤ 35 % off", Percent(before.Max()), before.Max() <= 35, string.Join(", ", each)),
            new Figure("the same after their first 5 jobs, worst of 6", "≤ 10 % off", Percent(after.Max()), after.Max() <= 10, $"median {Percent(Statistics.Median(after))}"),
        ];
    }

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

    private static string Percent(double percent) => string.Create(CultureInfo.InvariantCulture, $"{percent:0.0} %");

    private sealed class Unwatched : IProgress<BenchProgress>
    {
        public void Report(BenchProgress value)
        {
        }
    }
}
