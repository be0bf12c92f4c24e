using FedAi.Daemon.Peering;

namespace FedAi.Tests.Daemon.Peering;

public sealed class TurnsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private int running;
    private int most;

    [Fact]
    public async Task InLine_TakesAllProcessorsButOne_AndEveryoneComesToHisTurn()
    {
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(_ => Task.Run(WorkAsync))).WaitAsync(Patience);

        most.ShouldBeInRange(1, Turns.AtOnce);
        running.ShouldBe(0);
    }

    [Fact]
    public async Task InLine_BehindWorkThatFailed_ComesAllTheSame()
    {
        var failing = Enumerable.Range(0, 2 * Turns.AtOnce).Select(_ => InLineAsync(() => throw new InvalidOperationException())).ToList();

        await Should.ThrowAsync<InvalidOperationException>(Task.WhenAll(failing));
        await InLineAsync(() => Task.CompletedTask).WaitAsync(Patience);
    }

    [Fact]
    public async Task InLine_BehindWorkThatWaits_ComesWhileThatWaits()
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = Enumerable.Range(0, 2 * Turns.AtOnce).Select(_ => InLineAsync(() => over.Task)).ToList();

        await InLineAsync(() => Task.CompletedTask).WaitAsync(Patience);

        waiting.ShouldAllBe(work => !work.IsCompleted);
        over.SetResult();
        await Task.WhenAll(waiting).WaitAsync(Patience);
    }

    private static async Task InLineAsync(Func<Task> work)
    {
        await Turns.InLine();
        await work();
    }

    private async Task WorkAsync()
    {
        await Turns.InLine();
        var now = Interlocked.Increment(ref running);
        int seen;
        while (now > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, now, seen) != seen) { }
        Thread.SpinWait(5_000);
        Interlocked.Decrement(ref running);
    }
}
