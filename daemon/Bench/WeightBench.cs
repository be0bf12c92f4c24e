using FedAi.Daemon.Capability;
using FedAi.Runners.Llama;
using FedAi.Runners.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Daemon.Bench;

/// <summary>
/// The bandwidth and FLOPS that models really get: how many numbers of each common format llama.cpp takes a second, from a cache and past every
/// cache, and how long tokens take that go through hardly any. Asked, as every request is, through the product's own runner, of models of
/// zeros, and of noise where they are small (DECISIONS E31).
/// </summary>
internal sealed class WeightBench(string folder, BenchClock clock, TimeProvider time)
{
    private const int ContextTokens = 512;

    /// <summary>Many where a token takes little: an answer must take longer than it takes to be told.</summary>
    private const int OverheadTokens = 192, NearTokens = 48, FarTokens = 20;

    /// <summary>Rounds more where some did not count: an answer may come in one piece on a busy machine.</summary>
    private const int MostExtraRounds = 20;

    private static readonly TimeSpan LoadPatience = TimeSpan.FromSeconds(60);

    private const int NearWidth = 512, NearFeedForward = 1536, FarWidth = 1024, FarFeedForward = 2816;

    /// <summary>
    /// So small that their time is all overhead: they differ in layers, and in heads that fill vectors or do not. What those look up, the weights
    /// of a real model drive from the caches; so that model has some.
    /// </summary>
    private static readonly ZeroShape Few = new(8, SpeedRules.EvenHead, SpeedRules.EvenHead, SpeedRules.FewLayers, 64), Many = Few with { Layers = SpeedRules.ManyLayers },
        Odd = new(8, SpeedRules.OddHead * SpeedRules.OddHeads, SpeedRules.OddHead, SpeedRules.OddLayers, 512);

    private static readonly (string Name, Question Question)[] Overheads =
    [
        (FigureNames.FewLayers, new(Few, SpeedRules.ShortPrompt, OverheadTokens)),
        (FigureNames.ManyLayers, new(Many, SpeedRules.ShortPrompt, OverheadTokens)), (FigureNames.ManyBehindContext, new(Many, SpeedRules.LongPrompt, OverheadTokens)),
        (FigureNames.OddHeads, new(Odd, SpeedRules.ShortPrompt, OverheadTokens)), (FigureNames.OddBehindContext, new(Odd, SpeedRules.LongPrompt, OverheadTokens)),
    ];

    /// <param name="robin">Takes the figures.</param>
    /// <param name="farBytes">Of the models that no cache holds.</param>
    /// <param name="leastRounds">Of each model, where a slow machine does not take too long for them.</param>
    /// <param name="formats">So many of the formats there are; of those after the first, as many as there is time for.</param>
    /// <param name="until">The moment of the clock to end at.</param>
    public async Task MeasureAsync(RoundRobin robin, long farBytes, int leastRounds, int formats, TimeSpan until, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return;
        var slice = (until - clock.Elapsed) / (formats + 1);
        var times = await TimesAsync(robin, "overhead", [.. Overheads.Select(one => one.Question)], leastRounds, clock.Elapsed + slice, cancellationToken);
        for (var at = 0; at < times.Length; at++) robin.Add(Overheads[at].Name, "ns", [.. times[at].Select(seconds => seconds * 1e9)]);
        if (times.Any(one => one.Count == 0)) return;
        foreach (var (name, format) in SpeedRules.Formats.Take(formats))
        {
            if (cancellationToken.IsCancellationRequested) return;
            if (format != SpeedRules.Formats[0].Format && clock.Elapsed >= clock.Late(until))
            {
                robin.Skip($"weights, {name}: there was no time left for it");
                continue;
            }

            var near = new ZeroShape(format, NearWidth, SpeedRules.EvenHead, Layers: 1, NearFeedForward);
            near = near with { Layers = (int)Math.Round(SpeedRules.NearNumbers / near.Numbers) };
            var far = new ZeroShape(format, FarWidth, SpeedRules.EvenHead, Layers: 1, FarFeedForward);
            far = far with { Layers = (int)Math.Max(1, farBytes / far.Bytes) };
            times = await TimesAsync(robin, name, [new(near, SpeedRules.ShortPrompt, NearTokens), new(far, SpeedRules.ShortPrompt, FarTokens)], leastRounds, clock.Elapsed + slice, cancellationToken);
            AddRates(FigureNames.NearWeights(name), near, times[0]);
            AddRates(FigureNames.FarWeights(name), far, times[1]);
        }

        void AddRates(string name, ZeroShape shape, List<double> seconds)
        {
            var overhead = SpeedRules.Overhead(robin.Median(FigureNames.FewLayers), robin.Median(FigureNames.ManyLayers), shape.Layers) / 1e9;
            // Where the machine is so busy that the overhead seems to be all, part of it was something else.
            robin.Add(name, "M/s", [.. seconds.Select(each => shape.Numbers / Math.Max(each - overhead, each / 2) / 1e6)]);
        }
    }

    /// <summary>Seconds per token of some models behind prompts of some length, in turns; nothing where one cannot be run.</summary>
    private async Task<List<double>[]> TimesAsync(RoundRobin robin, string name, IReadOnlyList<Question> asked, int leastRounds, TimeSpan until, CancellationToken cancellationToken)
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

            for (var round = 0; IsDue(round) && !cancellationToken.IsCancellationRequested; round++)
            {
                clock.Say($"llama.cpp, {name}");
                for (var at = 0; at < asked.Count; at++)
                {
                    var answer = await ModelBench.AskAsync(runners[asked[at].Shape], Prompt(asked[at].Prompt), asked[at].Answer, clock.Time, cancellationToken);
                    // The first round warms up.
                    if (round > 0 && answer is { TokensPerSecond: > 0 and var rate }) times[at].Add(1 / rate);
                }
            }

            if (times.Any(one => one.Count == 0) && !cancellationToken.IsCancellationRequested) robin.Skip($"weights, {name}: no answer took longer than it took to be told");
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

        bool IsDue(int round) => clock.Elapsed < until || (round <= leastRounds + MostExtraRounds && clock.IsDue(times.Min(one => one.Count), leastRounds, until));
    }

    /// <summary>So many tokens that differ.</summary>
    private static string Prompt(int tokens) => string.Concat(Enumerable.Range(0, tokens).Select(at => (char)('a' + (at * 7 % 26))));

    private LlamaRunner Start(ZeroShape shape, string path)
    {
        shape.Write(path, ContextTokens, noise: Overheads.Any(one => one.Question.Shape == shape));
        return LlamaRunner.Start(new LlamaRunnerOptions { ModelPath = path, ModelId = "zeros", ContextTokens = ContextTokens, Slots = 1, IsolationMinimum = IsolationLevel.Rlimits }, NullLogger<LlamaRunner>.Instance, time);
    }

    /// <summary>A model, and the tokens that it gets and is to answer.</summary>
    private readonly record struct Question(ZeroShape Shape, int Prompt, int Answer);
}
