using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;

namespace FedAi.TestKit;

/// <summary>
/// A runner whose answers a test writes down: which pieces, how fast, where it fails or stalls. It keeps what it was
/// asked, and tells when a request stalled or was cancelled, so that a test waits for the event and not for time.
/// </summary>
internal sealed class ScriptedRunner(TimeProvider? time = null) : IRunner
{
    private readonly TaskCompletionSource stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<InferenceRequest> requests = new();
    private IReadOnlyList<RunnerModel> models = [new("scripted", 512, null) { Features = [ModelFeatures.Tools, ModelFeatures.Json, ModelFeatures.Embeddings] }];

    /// <summary>The answer, one token per piece.</summary>
    public Func<InferenceRequest, IReadOnlyList<string>> Answer { get; init; } = _ => ["A ", "scripted ", "answer", "."];

    /// <summary>The tool calls after the text, one token per piece; they make the finish reason <c>tool_calls</c>.</summary>
    public Func<InferenceRequest, IReadOnlyList<ToolCallDelta>> Calls { get; init; } = _ => [];

    /// <summary>The vector of a text, with jobType EMBEDDING.</summary>
    public Func<string, float[]> Vector { get; init; } = text => text.Length % 2 == 0 ? [0.6f, 0.8f] : [1f, 0f];

    /// <summary>How many tokens the prompt counts; of texts to embed each.</summary>
    public int InputTokens { get; init; } = 7;

    public string FinishReason { get; init; } = "stop";

    /// <summary>While set, every request is refused because the model is being loaded.</summary>
    public LoadProgress? Loading { get; set; }

    /// <summary>Waited before every piece, by the time provider.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The piece (text first, then tool calls) in whose place <see cref="Failure"/> comes; -1 fails before <see cref="InferenceStarted"/>.</summary>
    public int? FailAt { get; init; }

    public Refusal Failure { get; init; } = new(ErrorCode.RunnerCrashed, "the model process ended");

    /// <summary>The piece before which nothing happens any more until the request is cancelled.</summary>
    public int? StallAt { get; init; }

    /// <summary>Which requests <see cref="StallAt"/> is for.</summary>
    public Func<InferenceRequest, bool> StallFor { get; init; } = _ => true;

    /// <summary>Completes when a request reached <see cref="StallAt"/>.</summary>
    public Task Stalled => stalled.Task;

    /// <summary>Completes when a request was cancelled, or left by its reader, before its end.</summary>
    public Task Cancelled => cancelled.Task;

    /// <summary>Everything asked so far, in order.</summary>
    public IReadOnlyCollection<InferenceRequest> Requests => requests;

    public event Action? Changed;

    public IReadOnlyList<RunnerModel> Models
    {
        get => models;
        set
        {
            models = value;
            Changed?.Invoke();
        }
    }

    public RunnerStatus Status => new("scripted", models.Count > 0, null, null, 0, "none", [], 0);

    public async IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        requests.Enqueue(request);
        var ended = false;
        try
        {
            if (FailAt < 0 || Loading is not null)
            {
                ended = true;
                yield return new InferenceFailure(Loading is { } loading ? new Refusal(ErrorCode.ModelLoading, "the model is being loaded", RetryAfterSeconds: 3, Loading: loading) : Failure);
                yield break;
            }
            var inputTokens = InputTokens * (request.Inputs?.Count ?? 1);
            yield return new InferenceStarted(inputTokens);
            var calls = Calls(request);
            var embeds = request.JobType == RouterJobType.Embedding;
            var texts = embeds ? [Convert.ToBase64String(MemoryMarshal.AsBytes<float>(request.Inputs!.SelectMany(Vector).ToArray()))] : Answer(request);
            for (var i = 0; i < texts.Count || i - texts.Count < calls.Count; i++)
            {
                if (i == StallAt && StallFor(request))
                {
                    stalled.TrySetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                }
                if (Delay > TimeSpan.Zero) await Task.Delay(Delay, time ?? TimeProvider.System, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                if (i == FailAt)
                {
                    ended = true;
                    yield return new InferenceFailure(Failure);
                    yield break;
                }
                yield return i < texts.Count ? new InferenceDelta(texts[i], embeds ? 0 : 1) : new InferenceDelta("", 1, [calls[i - texts.Count]]);
            }
            ended = true;
            yield return new InferenceEnd(calls.Count > 0 ? "tool_calls" : FinishReason, inputTokens, embeds ? 0 : texts.Count + calls.Count)
            {
                ToolCalls = calls.Count > 0 ? ToolCalls.Join(calls) : null,
            };
        }
        finally
        {
            if (!ended) cancelled.TrySetResult();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
