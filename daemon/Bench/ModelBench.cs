using System.Globalization;
using System.Text;
using FedAi.Daemon.Capability;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.Daemon.Bench;

/// <summary>How fast the installed model answers, asked as every request is, through the product's own runner: at three sizes of context, in turns.</summary>
internal sealed class ModelBench(IRunner runner, BenchClock clock, long seed)
{
    /// <summary>Of an answer: at first, when nobody knows how long one takes, then as many as take a while, within bounds.</summary>
    private const int FirstTokens = 16, FewestTokens = 12, MostTokens = 48;

    private const double AnswerSeconds = 3;

    /// <summary>Fewer tokens than this say little about their rate.</summary>
    private const int LeastTokens = 4;

    /// <summary>Rounds after which a size that never showed a rate is given up: an answer may end at once, or come in one piece on a busy machine.</summary>
    private const int MostExtraRounds = 20;

    /// <summary>Shares of the context that the three prompts fill.</summary>
    private static readonly double[] Shares = [0.1, 0.4, 0.75];

    private static readonly string[] Words = ["a", "node", "serves", "the", "model", "for", "every", "router", "that", "asks", "and", "counts", "its", "tokens", "well", "today"];

    /// <summary>Waits until a model answers, at most so long; null when one does, else why not.</summary>
    public async Task<string?> LoadAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var until = clock.Elapsed + patience;
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
                if (clock.Elapsed >= until) return "it did not load in time";
                await changed.WaitAsync(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return clock.Elapsed >= clock.End ? "it did not load in time" : "interrupted";
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

    /// <summary>
    /// Measures until the clock is up, at least so many rounds of each size, and until each has shown a rate. A size whose answer would end after
    /// the clock's end is left out, and where there was no second answer the first one counts.
    /// </summary>
    /// <param name="robin">Takes what is left out.</param>
    public async Task<IReadOnlyList<ModelSpeed>> MeasureAsync(RoundRobin robin, int leastRounds, CancellationToken cancellationToken)
    {
        var model = Model!;
        List<Size> sizes = [.. Shares.Select(share => new Size((int)(model.ContextTokens * share)))];
        List<Size> left = [.. sizes];
        // One token a word at most at first; what the model counts then tells how many words fill its context.
        var (perWord, answerTokens) = (6.0, FirstTokens);
        var (secondsPerPromptToken, secondsPerToken) = (0.0, 0.0);
        for (var round = 0; IsDue(round) && !cancellationToken.IsCancellationRequested; round++)
        {
            foreach (var size in left.ToArray())
            {
                if (cancellationToken.IsCancellationRequested) break;
                clock.Say($"{model.Id}, prompt {sizes.IndexOf(size) + 1} of {sizes.Count}");
                var seconds = size.Tokens * secondsPerPromptToken + answerTokens * secondsPerToken;
                if (clock.Elapsed.TotalSeconds + seconds > clock.End.TotalSeconds)
                {
                    left.Remove(size);
                    if (!size.IsMeasured) robin.Skip(Say($"model, prompts of {size.Tokens} tokens: an answer would take about {seconds:0} s, and there is no time for it"));
                    continue;
                }

                var words = (int)((size.Tokens - MostTokens / 2.0) / perWord);
                var run = await AskAsync(runner, Prompt(Math.Max(1, words), unchecked((int)seed * 31 + round * Shares.Length + sizes.IndexOf(size))), answerTokens, clock.Time, cancellationToken);
                if (run is not { } measured) continue;
                perWord = Math.Max(0.5, (double)measured.PromptTokens / Math.Max(1, words));
                secondsPerPromptToken = measured.FirstSeconds / Math.Max(1, measured.PromptTokens);
                if (measured.TokensPerSecond > 0) secondsPerToken = 1 / measured.TokensPerSecond;
                size.Add(measured, round);
            }

            answerTokens = secondsPerToken > 0 ? Math.Clamp((int)(AnswerSeconds / secondsPerToken), FewestTokens, MostTokens) : MostTokens;
        }

        if (clock.Elapsed >= clock.End || !cancellationToken.IsCancellationRequested)
            foreach (var size in left.Where(size => !size.IsMeasured)) robin.Skip(Say($"model, prompts of {size.Tokens} tokens: no answer was long enough to have a rate"));
        return [.. sizes.Where(size => size.IsMeasured).Select(size => size.Speed)];

        bool IsDue(int round) => left.Count > 0
            && (clock.Left > TimeSpan.Zero || (round <= leastRounds + MostExtraRounds && clock.IsDue(left.Min(size => size.Rounds), leastRounds, clock.Budget)));
    }

    /// <summary>One request: prompt tokens, seconds to the first token, tokens per second after it (0: too few). Null when it was refused.</summary>
    public static async Task<(int PromptTokens, double FirstSeconds, double TokensPerSecond)?> AskAsync(IRunner runner, string prompt, int tokens, TimeProvider time, CancellationToken cancellationToken)
    {
        if (First(runner) is not { } model) return null;
        var (began, firstAt, firstTokens) = (time.GetTimestamp(), 0L, 0);
        try
        {
            await foreach (var step in runner.StreamAsync(Request(model, prompt, tokens), cancellationToken))
            {
                if (step is InferenceDelta delta && firstAt == 0) (firstAt, firstTokens) = (time.GetTimestamp(), delta.Tokens);
                if (step is not InferenceEnd end) continue;
                if (firstAt == 0) return null;
                var more = end.OutputTokens - firstTokens;
                return (end.InputTokens, time.GetElapsedTime(began, firstAt).TotalSeconds, more >= LeastTokens ? more / time.GetElapsedTime(firstAt).TotalSeconds : 0);
            }
        }
        catch (OperationCanceledException)
        {
            // What was measured so far is kept.
        }

        return null;
    }

    /// <summary>Other words each time: what a runner has just read it need not read again.</summary>
    private static string Prompt(int words, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (var i = 0; i < words; i++) text.Append(Words[random.Next(Words.Length)]).Append(' ');
        return text.ToString();
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What was measured with prompts of one size. The first round finds the sizes and warms up, so it counts only where it is all there is.</summary>
    private sealed class Size(int tokens)
    {
        private readonly List<double> first = [], rates = [];
        private (int PromptTokens, double FirstSeconds, double TokensPerSecond) latest, warm;

        /// <summary>About so many, by the share of the context.</summary>
        public int Tokens => tokens;

        /// <summary>Rounds that count.</summary>
        public int Rounds => rates.Count;

        public bool IsMeasured => rates.Count > 0 || warm.TokensPerSecond > 0;

        public ModelSpeed Speed => rates.Count > 0
            ? new ModelSpeed(latest.PromptTokens, (long)BenchStatistics.Percentile(first, 0.5), (long)BenchStatistics.Percentile(rates, 0.5), BenchStatistics.Spread(rates))
            : new ModelSpeed(warm.PromptTokens, (long)(warm.FirstSeconds * 1e6), (long)(warm.TokensPerSecond * 1000), 0);

        public void Add((int PromptTokens, double FirstSeconds, double TokensPerSecond) answer, int round)
        {
            if (round == 0)
            {
                warm = answer;
                return;
            }

            latest = answer;
            first.Add(answer.FirstSeconds * 1e6);
            if (answer.TokensPerSecond > 0) rates.Add(answer.TokensPerSecond * 1000);
        }
    }
}
