using FedAi.Daemon.Peering;

namespace FedAi.Tests.Daemon.Peering;

public sealed class TurnsTests
{
    private int running;
    private int most;

    [Fact]
    public async Task Next_TakesAllProcessorsButOne_AndEveryoneComesToHisTurn()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Task.Run(WorkAsync)));

        most.ShouldBeInRange(1, Turns.AtOnce);
        running.ShouldBe(0);
    }

    [Fact]
    public async Task Next_AfterWorkThatFailed_ComesAllTheSame()
    {
        var failing = Enumerable.Range(0, 2 * Turns.AtOnce).Select(async _ =>
        {
            await Turns.NextAsync();
            throw new InvalidOperationException();
        }).ToList();

        await Should.ThrowAsync<InvalidOperationException>(Task.WhenAll(failing));
        await Turns.NextAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Next_BehindWorkThatWaits_ComesWhileThatWaits()
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = Enumerable.Range(0, 2 * Turns.AtOnce).Select(async _ =>
        {
            await Turns.NextAsync();
            await over.Task;
        }).ToList();

        await Turns.NextAsync().WaitAsync(TimeSpan.FromSeconds(30));

        waiting.ShouldAllBe(work => !work.IsCompleted);
        over.SetResult();
        await Task.WhenAll(waiting);
    }

    private async Task WorkAsync()
    {
        await Turns.NextAsync();
        var now = Interlocked.Increment(ref running);
        int seen;
        while (now > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, now, seen) != seen) { }
        Thread.SpinWait(20_000);
        Interlocked.Decrement(ref running);
    }
}
