namespace FedAi.Daemon.Peering;

/// <summary>
/// The line in which long work waits while the pool's threads are busy. Checking a request or a stream's final takes several times as long
/// as passing a token on, and the pool serves whoever came first: two hundred streams that begin or end at once would hold up every token
/// behind them. Through this line they take all processors but one, and tokens that arrive meanwhile go in between.
/// </summary>
internal static class Turns
{
    private static readonly Lock Gate = new();
    private static readonly Queue<Turn> Waiting = new();
    private static int running;

    internal static int AtOnce { get; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Comes back at once where no work waits for a thread, and else when it is this caller's turn, which ends at its next wait.</summary>
    public static Task WaitAsync() => ThreadPool.PendingWorkItemCount == 0 ? Task.CompletedTask : NextAsync();

    /// <summary>The caller's place in the line, however busy the threads are.</summary>
    internal static Task NextAsync()
    {
        var turn = new Turn();
        lock (Gate)
        {
            if (running == AtOnce)
            {
                Waiting.Enqueue(turn);
                return turn.Task;
            }

            running++;
        }

        Begin(turn);
        return turn.Task;
    }

    private static void End()
    {
        Turn? next;
        lock (Gate)
            if (!Waiting.TryDequeue(out next)) running--;
        if (next is not null) Begin(next);
    }

    /// <summary>Not on the thread's own queue: what lies there goes before everything else.</summary>
    private static void Begin(Turn turn) => ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: false);

    /// <summary>Completed on the pool, it runs what waits for it up to that one's next wait.</summary>
    private sealed class Turn : TaskCompletionSource, IThreadPoolWorkItem
    {
        public void Execute()
        {
            try
            {
                SetResult();
            }
            finally
            {
                End();
            }
        }
    }
}
