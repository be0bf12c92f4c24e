using System.Runtime.CompilerServices;

namespace FedAi.Daemon.Peering;

/// <summary>
/// The line in which long work waits while the pool's threads are busy. Checking a request or a stream's final takes several times as long
/// as passing a token on, and the pool serves whoever came first: two hundred streams that begin or end at once would hold up every token
/// behind them. Through this line they take all processors but one, and tokens that arrive meanwhile go in between. It is as long as
/// there are requests and streams, whose number is limited where they come in.
/// </summary>
internal static class Turns
{
    private static readonly Lock Gate = new();
    private static readonly Queue<Turn> Waiting = new();
    private static int running;

    internal static int AtOnce { get; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>To be awaited: goes on at once where no work waits for a thread, and else when it is the caller's turn, which ends at its next wait.</summary>
    public static Awaiter Next() => new(goesOn: ThreadPool.PendingWorkItemCount == 0);

    /// <summary>The caller's place in the line, however free the threads are.</summary>
    internal static Awaiter InLine() => new(goesOn: false);

    private static void Enqueue(Turn turn)
    {
        lock (Gate)
        {
            if (running == AtOnce)
            {
                Waiting.Enqueue(turn);
                return;
            }

            running++;
        }

        Begin(turn);
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

    /// <summary>Stands in line from when it is known what goes on, so that nothing of that runs outside its turn.</summary>
    internal readonly struct Awaiter(bool goesOn) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => goesOn;

        public Awaiter GetAwaiter() => this;

        public void GetResult() { }

        public void OnCompleted(Action continuation) => throw new NotSupportedException("Only async methods wait in this line; they keep their context themselves.");

        public void UnsafeOnCompleted(Action continuation) => Enqueue(new Turn(continuation));
    }

    private sealed class Turn(Action work) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            try
            {
                work();
            }
            finally
            {
                End();
            }
        }
    }
}
