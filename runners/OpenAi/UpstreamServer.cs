using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using Polly;
using Polly.CircuitBreaker;

namespace FedAi.Runners.OpenAi;

/// <summary>One server: what it serves, asked again and again; and its answers, behind a breaker that leaves it alone for a while when it keeps failing.</summary>
internal sealed class UpstreamServer
{
    private const int MaxListBytes = 1 << 20;
    private const int MaxVectorBytes = 64 << 20;

    private static readonly TimeSpan PollTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private static readonly Refusal LeftAlone = new(ErrorCode.RunnerUnavailable, "The server behind this node keeps failing and is left alone for some seconds.", RetryAfterSeconds: (int)Pause.TotalSeconds);
    private static readonly Refusal NoVectors = new(ErrorCode.RunnerError, "The server behind this node answered with something else than a vector for each text.");

    private readonly UpstreamHttp http;
    private readonly TimeProvider time;
    private readonly ResiliencePipeline<Refusal?> breaker;
    private volatile IReadOnlyList<RunnerModel> models = [];
    private volatile string? problem = "not asked yet";
    private int misses;

    public UpstreamServer(OpenAiUpstream upstream, UpstreamHttp http, TimeProvider time)
    {
        (Upstream, this.http, this.time) = (upstream, http, time);
        breaker = new ResiliencePipelineBuilder<Refusal?> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Refusal?>
            {
                FailureRatio = 0.5,
                MinimumThroughput = 4,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = Pause,
                ShouldHandle = outcome => ValueTask.FromResult(outcome.Outcome.Result is { } refusal && UpstreamRefusals.IsServers(refusal)),
            })
            .Build();
    }

    public OpenAiUpstream Upstream { get; }

    /// <summary>What it served when it was last asked.</summary>
    public IReadOnlyList<RunnerModel> Models => models;

    /// <summary>Why it serves nothing; null while it answers.</summary>
    public string? Problem => problem;

    /// <summary>Asks what it serves. One answer that fails to come changes nothing; the second says that it is gone.</summary>
    public async Task PollAsync(CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(PollTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        string? reason;
        try
        {
            var (answer, refusal) = await http.SendAsync(Upstream, HttpMethod.Get, "models", null, either.Token).ConfigureAwait(false);
            reason = refusal?.Hint;
            if (answer is not null)
            {
                using (answer)
                {
                    models = UpstreamModels.Read(await UpstreamHttp.ReadAsync(answer, MaxListBytes, either.Token).ConfigureAwait(false), Upstream);
                    (problem, misses) = (models.Count > 0 ? null : "It serves no model that is to be shared.", 0);
                    return;
                }
            }
        }
        catch (JsonException)
        {
            reason = "Its list of models is not what it should be.";
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            reason = "Its list of models did not come in time.";
        }

        if (++misses < 2 && models.Count > 0) return;
        (models, problem) = ([], reason);
    }

    /// <summary>Takes over what is known of the server, so that a change of its options is no gap.</summary>
    public void Follow(UpstreamServer before) => models = [.. before.Models.Where(model => Upstream.Models.Count == 0 || Upstream.Models.Contains(model.Id)).Select(model => model with { Features = Upstream.Features })];

    public async IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (request.JobType == RouterJobType.Embedding)
        {
            var (step, end, failed) = await EmbedAsync(request, cancellationToken).ConfigureAwait(false);
            if (failed is not null) yield return new InferenceFailure(failed);
            if (failed is not null) yield break;
            yield return new InferenceStarted(end!.InputTokens);
            yield return step!;
            yield return end;
            yield break;
        }

        await using var answer = new UpstreamAnswer(request, Upstream, time, cancellationToken);
        if (await GuardAsync(() => answer.OpenAsync(http)).ConfigureAwait(false) is { } refusal)
        {
            yield return new InferenceFailure(refusal);
            yield break;
        }

        yield return new InferenceStarted((int)Math.Min(int.MaxValue, TokenEstimate.Of(request)));
        await foreach (var step in answer.ReadAsync().ConfigureAwait(false)) yield return step;
        if (answer.UsageEstimated) OpenAiMetrics.UsageEstimated.Add(1);
    }

    private async Task<(InferenceDelta? Vectors, InferenceEnd? End, Refusal? Refusal)> EmbedAsync(InferenceRequest request, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(Upstream.FirstToken, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        UpstreamVectors? vectors = null;
        var refusal = await GuardAsync(async () =>
        {
            var (path, json) = UpstreamBody.Of(request);
            try
            {
                var (answer, refused) = await http.SendAsync(Upstream, HttpMethod.Post, path, json, either.Token).ConfigureAwait(false);
                if (answer is null) return refused;
                using (answer)
                {
                    vectors = JsonSerializer.Deserialize(await UpstreamHttp.ReadAsync(answer, MaxVectorBytes, either.Token).ConfigureAwait(false), OpenAiJson.Default.UpstreamVectors);
                    return vectors is null ? NoVectors : null;
                }
            }
            catch (JsonException)
            {
                return NoVectors;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is IOException or HttpRequestException or OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return timer.IsCancellationRequested
                    ? new Refusal(ErrorCode.RunnerTimeout, "The server behind this node did not answer in time.")
                    : new Refusal(ErrorCode.RunnerCrashed, "The server behind this node broke off its answer.");
            }
        }).ConfigureAwait(false);
        if (refusal is not null) return (null, null, refusal);
        if (VectorRules.Join(vectors!, request.Inputs?.Count ?? 1) is not { } joined) return (null, null, NoVectors);
        var (input, _, counted) = UsageRules.Read(request, vectors!.Usage, default, calls: 0);
        if (!counted) OpenAiMetrics.UsageEstimated.Add(1);
        return (new InferenceDelta(Convert.ToBase64String(MemoryMarshal.AsBytes<float>(joined)), Tokens: 0), new InferenceEnd("stop", input, 0), null);
    }

    private async Task<Refusal?> GuardAsync(Func<Task<Refusal?>> ask)
    {
        try
        {
            return await breaker.ExecuteAsync(static async (ask, _) => await ask().ConfigureAwait(false), ask, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BrokenCircuitException)
        {
            return LeftAlone;
        }
    }
}
