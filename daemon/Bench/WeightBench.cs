using FedAi.Daemon.Capability;
using FedAi.Runners.Llama;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Daemon.Bench;

/// <summary>
/// The bandwidth and FLOPS that models really get: how many numbers of each common format llama.cpp takes a second, from a cache and past every
/// cache, and what a token, a layer and the context cost beside them. Asked, as every request is, through the product's own runner, of models of
/// zeros (DECISIONS E31).
/// </summary>
internal sealed class WeightBench(string folder, BenchClock clock, TimeProvider time)
{
    private const int ContextTokens = 512, ShortPrompt = 8, LongPrompt = 292;

    /// <summary>Many where a token takes little: an answer must take longer than it takes to be told.</summary>
    private const int OverheadTokens = 192, WeightTokens = 48;

    /// <summary>Rounds more where some did not count: an answer may come in one piece on a busy machine.</summary>
    private const int MostExtraRounds = 20;

    private static readonly TimeSpan LoadPatience = TimeSpan.FromSeconds(60);

    private const int NearWidth = 512, NearFeedForward = 1536, FarWidth = 1024, FarFeedForward = 2816;

    /// <summary>So small that their time is all overhead: they differ in layers, and in heads that fill vectors or do not.</summary>
    private static readonly ZeroShape Few = new(8, SpeedRules.EvenHead, SpeedRules.EvenHead, Layers: 8, 64), Many = Few with { Layers = 40 }, Odd = Many with { Width = SpeedRules.OddHead, HeadSize = SpeedRules.OddHead };

    /// <param name="robin">Takes the figures.</param>
    /// <param name="farBytes">Of the models that no cache holds.</param>
    /// <param name="leastRounds">Of each model.</param>
    /// <param name="formats">So many of the formats there are.</param>
    /// <param name="until">The moment of the clock to end at.</param>
    public async Task MeasureAsync(RoundRobin robin, long farBytes, int leastRounds, int formats, TimeSpan until, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return;
        var slice = (until - clock.Elapsed) / (formats + 1);
        var times = await TimesAsync(robin, "overhead", [(Few, ShortPrompt), (Many, ShortPrompt), (Many, LongPrompt), (Odd, ShortPrompt), (Odd, LongPrompt)], OverheadTokens, leastRounds, clock.Elapsed + slice, cancellationToken);
        if (times[0].Count == 0) return;
        var layers = Each(times[0], times[1], (few, many) => (many - few) / (Many.Layers - Few.Layers));
        var tokens = Each(times[0], layers, (few, each) => few - (each * Few.Layers));
        Add(robin, FigureNames.TokenCost, "ns", tokens, 1e9);
        Add(robin, FigureNames.LayerCost, "ns", layers, 1e9);
        // One head in each layer.
        foreach (var (name, at) in ((string, int)[])[(FigureNames.HeadCost, 1), (FigureNames.OddHeadCost, 3)])
            Add(robin, name, "ps", Each(times[at], times[at + 1], (before, behind) => (behind - before) / Many.Layers / (LongPrompt - ShortPrompt)), 1e12);

        foreach (var (name, format) in SpeedRules.Formats.Take(formats))
        {
            if (cancellationToken.IsCancellationRequested) return;
            var near = new ZeroShape(format, NearWidth, SpeedRules.EvenHead, Layers: 1, NearFeedForward);
            near = near with { Layers = (int)Math.Round(SpeedRules.NearNumbers / near.Numbers) };
            var far = new ZeroShape(format, FarWidth, SpeedRules.EvenHead, Layers: 1, FarFeedForward);
            far = far with { Layers = (int)Math.Max(1, farBytes / far.Bytes) };
            times = await TimesAsync(robin, name, [(near, ShortPrompt), (far, ShortPrompt)], WeightTokens, leastRounds, clock.Elapsed + slice, cancellationToken);
            AddRates(FigureNames.NearWeights(name), near, times[0]);
            AddRates(FigureNames.FarWeights(name), far, times[1]);
        }

        void AddRates(string name, ZeroShape shape, List<double> seconds)
        {
            var overhead = (robin.Median(FigureNames.TokenCost) + (shape.Layers * (double)robin.Median(FigureNames.LayerCost))) / 1e9;
            // Where the machine is so busy that the overhead seems to be all, part of it was something else.
            robin.Add(name, "M/s", [.. seconds.Select(each => shape.Numbers / Math.Max(each - overhead, each / 2) / 1e6)]);
        }
    }

    private static void Add(RoundRobin robin, string name, string unit, List<double> seconds, double parts) => robin.Add(name, unit, [.. seconds.Select(each => Math.Max(1, each * parts))]);

    private static List<double> Each(List<double> left, List<double> right, Func<double, double, double> join) => [.. left.Zip(right, join)];

    /// <summary>Seconds per token of some models behind prompts of some length, in turns; nothing where one cannot be run.</summary>
    private async Task<List<double>[]> TimesAsync(RoundRobin robin, string name, IReadOnlyList<(ZeroShape Shape, int Prompt)> asked, int answerTokens, int leastRounds, TimeSpan until, CancellationToken cancellationToken)
    {
        List<double>[] times = [.. asked.Select(_ => new List<double>())];
        Dictionary<ZeroShape, LlamaRunner> runners = [];
        var path = Path.Combine(folder, $"bench-{Environment.ProcessId}-{name}");
        try
        {
            foreach (var shape in asked.Select(one => one.Shape).Distinct())
            {
                runners[shape] = Start(shape, $"{path}-{runners.Count}.gguf");
                if (await new ModelBench(runners[shape], clock, seed: 0).LoadAsync(LoadPatience, cancellationToken) is not { } problem) continue;
                robin.Skip($"weights, {name}: {problem}");
                return times;
            }

            for (var round = 0; (round <= leastRounds || clock.Elapsed < until || (times[0].Count < leastRounds && round <= leastRounds + MostExtraRounds)) && !cancellationToken.IsCancellationRequested; round++)
            {
                clock.Say($"llama.cpp, {name}");
                var took = new double[asked.Count];
                for (var at = 0; at < asked.Count; at++)
                    if (await ModelBench.AskAsync(runners[asked[at].Shape], new string('!', asked[at].Prompt), answerTokens, cancellationToken) is { TokensPerSecond: > 0 and var rate }) took[at] = 1 / rate;
                // The first round warms up, and only whole ones can be compared.
                if (round > 0 && took.All(one => one > 0)) for (var at = 0; at < took.Length; at++) times[at].Add(took[at]);
            }

            if (times[0].Count == 0 && !cancellationToken.IsCancellationRequested) robin.Skip($"weights, {name}: no answer took longer than it took to be told");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            robin.Skip($"weights, {name}: the data folder cannot be written");
        }
        finally
        {
            foreach (var runner in runners.Values) await runner.DisposeAsync();
            for (var at = 0; at <= runners.Count; at++) File.Delete($"{path}-{at}.gguf");
        }

        return times;
    }

    private LlamaRunner Start(ZeroShape shape, string path)
    {
        shape.Write(path, ContextTokens);
        return LlamaRunner.Start(new LlamaRunnerOptions { ModelPath = path, ModelId = "zeros", ContextTokens = ContextTokens, Slots = 1 }, NullLogger<LlamaRunner>.Instance, time);
    }
}
