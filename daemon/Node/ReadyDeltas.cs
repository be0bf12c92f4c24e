using System.Runtime.CompilerServices;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.Daemon.Node;

/// <summary>
/// Joins pieces of an answer that are ready together. Each piece of a sealed answer costs a frame at every hop, and its length
/// tells a little; a model that is faster than its readers gets by with fewer of them, and one that is slower is not held up.
/// </summary>
internal static class ReadyDeltas
{
    /// <summary>Of one joined piece: a few hundred tokens, and a frame of a few KiB.</summary>
    private const int MaxChars = 2048;

    public static async IAsyncEnumerable<InferenceEvent> JoinAsync(IAsyncEnumerable<InferenceEvent> steps, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var source = steps.GetAsyncEnumerator(left.Token);
        InferenceDelta? held = null;
        Task<bool>? next = null;
        try
        {
            while (true)
            {
                next = source.MoveNextAsync().AsTask();
                if (held is not null && (!next.IsCompletedSuccessfully || held.Text.Length >= MaxChars))
                {
                    yield return held;
                    held = null;
                }

                if (!await next) break;
                next = null;
                if (source.Current is InferenceDelta delta)
                {
                    held = held is null ? delta : new InferenceDelta(held.Text + delta.Text, held.Tokens + delta.Tokens, Joined(held.ToolCalls, delta.ToolCalls));
                    continue;
                }

                if (held is not null) yield return held;
                held = null;
                yield return source.Current;
            }

            if (held is not null) yield return held;
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

    private static IReadOnlyList<ToolCallDelta>? Joined(IReadOnlyList<ToolCallDelta>? earlier, IReadOnlyList<ToolCallDelta>? later) =>
        earlier is null ? later : later is null ? earlier : [.. earlier, .. later];
}
