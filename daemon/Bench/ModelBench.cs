using System.Diagnostics;
using System.Text;
using FedAi.Daemon.Capability;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.Daemon.Bench;

/// <summary>How fast the installed model answers, asked as every request is, through the product's own runner: at three sizes of context, in turns.</summary>
internal sealed class ModelBench(IRunner runner, BenchClock clock, long seed)
{
    private const int AnswerTokens = 48;

    /// <summary>Fewer tokens than this say little about their rate.</summary>
    private const int LeastTokens = 4;

    /// <summary>Rounds after which a size that never showed a rate is given up: an answer may end at once, or come in one piece on a busy machine.</summary>
    private const int MostExtraRounds = 20;

    /// <summary>Shares of the context that the three prompts fill.</summary>
    private static readonly double[] Shares = [0.1, 0.4, 0.75];

    private static readonly string[] Words = ["a", "node", "serves", "the", "model", "for", "every", "router", "that", "asks", "and", "counts", "its", "tokens", "well", "today"];

    /// <summary>Waits until a model answers, as long as there is time and at least so long; null when one does, else why not.</summary>
    public async Task<string?> LoadAsync(TimeSpan least, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        using var changed = new SemaphoreSlim(0);
        void OnChanged() => changed.Release();
        runner.Changed += OnChanged;
        try
        {
            while (true)
            {
                clock.Say("loading the model");
                // One that is kept on disk until it is asked loads now; one that cannot be served says so and stays so.
                var refusal = Model is { } model ? await FirstAsync(model, cancellationToken) : null;
                if (Model is not null && refusal is null) return null;
                if (refusal is not null and not { Code: ErrorCode.ModelLoading } || (refusal is null && !IsOnTheWay(runner.Status.Detail))) return refusal?.Hint ?? runner.Status.Detail;
                if (clock.Left <= TimeSpan.Zero && Stopwatch.GetElapsedTime(began) >= least) return "it did not load in time";
                await changed.WaitAsync(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return "interrupted";
        }
        finally
        {
            runner.Changed -= OnChanged;
        }
    }

    private RunnerModel? Model => First(runner);

    private static RunnerModel? First(IRunner runner) => runner.Models.FirstOrDefault(model => model.Generates);

    /// <summary>Asks for one token; null when it came.</summary>
    private async Task<Refusal?> FirstAsync(RunnerModel model, CancellationToken cancellationToken)
    {
        await foreach (var step in runner.StreamAsync(Request(model, Words[0], tokens: 1), cancellationToken))
            if (step is InferenceFailure failure) return failure.Refusal;
        return null;
    }

    private static InferenceRequest Request(RunnerModel model, string prompt, int tokens) =>
        new() { RequestId = Guid.CreateVersion7().ToString(), ModelId = model.Id, Prompt = prompt, MaxTokens = tokens, Temperature = 0 };

    private static bool IsOnTheWay(string? detail) => detail is null || detail.StartsWith("starting", StringComparison.Ordinal) || detail.StartsWith("loading", StringComparison.Ordinal);

    /// <summary>Measures until the clock is up, at least so many rounds of each size, and until each has shown a rate.</summary>
    public async Task<IReadOnlyList<ModelSpeed>> MeasureAsync(int leastRounds, CancellationToken cancellationToken)
    {
        var model = Model!;
        List<double>[] first = [.. Shares.Select(_ => new List<double>())], rate = [.. Shares.Select(_ => new List<double>())];
        var tokens = new int[Shares.Length];
        // One token a word at most at first; what the model counts then tells how many words fill its context.
        var perWord = 6.0;
        for (var round = 0; (round <= leastRounds || clock.Left > TimeSpan.Zero || IsMissing(round)) && !cancellationToken.IsCancellationRequested; round++)
        {
            for (var size = 0; size < Shares.Length && !cancellationToken.IsCancellationRequested; size++)
            {
                clock.Say($"{model.Id}, prompt {size + 1} of {Shares.Length}");
                var words = (int)((model.ContextTokens * Shares[size] - AnswerTokens / 2.0) / perWord);
                var run = await AskAsync(runner, Prompt(Math.Max(1, words), round), AnswerTokens, cancellationToken);
                if (run is not { } measured) continue;
                perWord = Math.Max(0.5, (double)measured.PromptTokens / Math.Max(1, words));
                // The first round finds the sizes, and warms up.
                if (round == 0) continue;
                tokens[size] = measured.PromptTokens;
                first[size].Add(measured.FirstSeconds * 1e6);
                if (measured.TokensPerSecond > 0) rate[size].Add(measured.TokensPerSecond * 1000);
            }
        }

        bool IsMissing(int round) => round <= leastRounds + MostExtraRounds && Array.Exists(rate, one => one.Count == 0);

        return [.. Enumerable.Range(0, Shares.Length).Where(size => rate[size].Count > 0).Select(size => new ModelSpeed(tokens[size],
            (long)BenchStatistics.Percentile(first[size], 0.5), (long)BenchStatistics.Percentile(rate[size], 0.5), BenchStatistics.Spread(rate[size])))];
    }

    /// <summary>One request: prompt tokens, seconds to the first token, tokens per second after it (0: too few). Null when it was refused.</summary>
    public static async Task<(int PromptTokens, double FirstSeconds, double TokensPerSecond)?> AskAsync(IRunner runner, string prompt, int tokens, CancellationToken cancellationToken)
    {
        if (First(runner) is not { } model) return null;
        var (began, firstAt, firstTokens) = (Stopwatch.GetTimestamp(), 0L, 0);
        try
        {
            await foreach (var step in runner.StreamAsync(Request(model, prompt, tokens), cancellationToken))
            {
                if (step is InferenceDelta delta && firstAt == 0) (firstAt, firstTokens) = (Stopwatch.GetTimestamp(), delta.Tokens);
                if (step is not InferenceEnd end) continue;
                if (firstAt == 0) return null;
                var more = end.OutputTokens - firstTokens;
                return (end.InputTokens, Stopwatch.GetElapsedTime(began, firstAt).TotalSeconds, more >= LeastTokens ? more / Stopwatch.GetElapsedTime(firstAt).TotalSeconds : 0);
            }
        }
        catch (OperationCanceledException)
        {
            // What was measured so far is kept.
        }

        return null;
    }

    private string Prompt(int words, int round)
    {
        var random = new Random(unchecked((int)seed * 31 + round));
        var text = new StringBuilder();
        for (var i = 0; i < words; i++) text.Append(Words[random.Next(Words.Length)]).Append(' ');
        return text.ToString();
    }
}
