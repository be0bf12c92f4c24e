using System.Runtime.CompilerServices;
using FedAi.Runners;

namespace FedAi.Daemon.Node;

/// <summary>
/// Says to whoever waits that a silent runner is at work: an empty delta after every ten seconds without anything else (DECISIONS E16b). A refusal
/// that comes sooner keeps its HTTP status. It vouches for the runner only as long as that watches over itself: what hangs there is ended there.
/// </summary>
internal static class SignsOfLife
{
    /// <summary>A sixth of the silence after which a peer is given up, so that some may be late.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    public static async IAsyncEnumerable<InferenceEvent> AddAsync(IAsyncEnumerable<InferenceEvent> steps, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var source = steps.GetAsyncEnumerator(left.Token);
        Task<bool>? next = null;
        try
        {
            while (true)
            {
                next = source.MoveNextAsync().AsTask();
                while (!next.IsCompleted)
                {
                    await ((Task)next).WaitAsync(Interval, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    if (!next.IsCompleted) yield return InferenceDelta.SignOfLife;
                }

                if (!await next) yield break;
                yield return source.Current;
            }
        }
        finally
        {
            // The reader left while the next step was on its way; a source that still works cannot be closed.
            if (next is { IsCompleted: false })
            {
                await left.CancelAsync();
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
