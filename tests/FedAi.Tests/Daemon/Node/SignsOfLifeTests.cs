using System.Runtime.CompilerServices;
using FedAi.Daemon.Node;
using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Node;

public sealed class SignsOfLifeTests
{
    private static readonly InferenceEvent[] Answer = [new InferenceStarted(7), new InferenceDelta("a", 1), new InferenceEnd("stop", 7, 1)];

    [Fact]
    public async Task Add_RunnerSilentForThreeMinutes_SaysEveryTenSecondsThatItIsAtWork()
    {
        var time = new ManualTime();
        var goOn = new TaskCompletionSource();
        await using var steps = SignsOfLife.AddAsync(After(goOn.Task, Answer), time, default).GetAsyncEnumerator();

        for (var i = 0; i < 18; i++)
        {
            var next = steps.MoveNextAsync().AsTask();
            time.Move(SignsOfLife.Interval - TimeSpan.FromMilliseconds(1));
            next.IsCompleted.ShouldBeFalse();
            time.Move(TimeSpan.FromMilliseconds(1));
            (await next.WaitAsync(Patience.Limit)).ShouldBeTrue();
            steps.Current.ShouldBe(InferenceDelta.SignOfLife);
        }

        goOn.SetResult();
        foreach (var step in Answer)
        {
            (await steps.MoveNextAsync()).ShouldBeTrue();
            steps.Current.ShouldBe(step);
        }

        (await steps.MoveNextAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Add_RefusalWithinTenSeconds_ComesAlone()
    {
        var time = new ManualTime();
        var goOn = new TaskCompletionSource();
        var refused = new InferenceFailure(new Refusal(ErrorCode.ModelLoading));
        var steps = SignsOfLife.AddAsync(After(goOn.Task, refused), time, default).ToListAsync();

        time.Move(TimeSpan.FromSeconds(9));
        goOn.SetResult();

        (await steps).ShouldBe([refused]);
    }

    [Fact]
    public async Task Add_ReaderLeavesAtASign_TheSourceIsToldAndClosed()
    {
        var time = new ManualTime();
        var closed = new TaskCompletionSource();
        var steps = SignsOfLife.AddAsync(Endless(closed), time, default).GetAsyncEnumerator();
        var next = steps.MoveNextAsync();
        time.Move(SignsOfLife.Interval);
        (await next).ShouldBeTrue();

        await steps.DisposeAsync();

        closed.Task.IsCompletedSuccessfully.ShouldBeTrue();
    }

    private static async IAsyncEnumerable<InferenceEvent> After(Task goOn, params InferenceEvent[] events)
    {
        await goOn;
        foreach (var step in events) yield return step;
    }

    private static async IAsyncEnumerable<InferenceEvent> Endless(TaskCompletionSource closed, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            yield return InferenceDelta.SignOfLife;
        }
        finally
        {
            closed.SetResult();
        }
    }
}
