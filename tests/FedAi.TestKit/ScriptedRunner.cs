using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using FedAi.Protocol.Messages;
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
    private IReadOnlyList<RunnerModel> models = [new("scripted", 512, null)];

    /// <summary>The answer, one token per piece.</summary>
    public Func<InferenceRequest, IReadOnlyList<string>> Answer { get; init; } = _ => ["A ", "scripted ", "answer", "."];

    /// <summary>How many tokens the prompt counts.</summary>
    public int InputTokens { get; init; } = 7;

    public string FinishReason { get; init; } = "stop";

    /// <summary>Waited before every piece, by the time provider.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The piece in whose place <see cref="Failure"/> comes; -1 fails before <see cref="InferenceStarted"/>.</summary>
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
            if (FailAt < 0)
            {
                ended = true;
                yield return new InferenceFailure(Failure);
                yield break;
            }
            yield return new InferenceStarted(InputTokens);
            var pieces = Answer(request);
            for (var i = 0; i < pieces.Count; i++)
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
                yield return new InferenceDelta(pieces[i], 1);
            }
            ended = true;
            yield return new InferenceEnd(FinishReason, InputTokens, pieces.Count);
        }
        finally
        {
            if (!ended) cancelled.TrySetResult();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
