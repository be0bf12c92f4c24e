using System.Runtime.CompilerServices;
using FedAi.Daemon.Node;
using FedAi.Runners;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Node;

public sealed class ReadyDeltasTests
{
    private static readonly InferenceEnd End = new("stop", 1, 3);

    [Fact]
    public async Task Join_PiecesReadyTogether_AreOne()
    {
        var joined = await ReadyDeltas.JoinAsync(AtOnce(new InferenceStarted(1), new InferenceDelta("a", 1), new InferenceDelta("b", 2), End), default).ToListAsync();

        joined.ShouldBe([new InferenceStarted(1), new InferenceDelta("ab", 3), End]);
    }

    [Fact]
    public async Task Join_APieceThatIsFollowedByAWait_IsNotHeldUp()
    {
        var goOn = new TaskCompletionSource();
        await using var joined = ReadyDeltas.JoinAsync(WithAWait(goOn.Task), default).GetAsyncEnumerator();

        (await joined.MoveNextAsync().AsTask().WaitAsync(Patience.Limit)).ShouldBeTrue();
        joined.Current.ShouldBe(new InferenceDelta("a", 1));
        goOn.SetResult();
        (await joined.MoveNextAsync()).ShouldBeTrue();
        joined.Current.ShouldBe(new InferenceDelta("b", 1));
    }

    [Fact]
    public async Task Join_AVeryFastAnswer_LeavesInPiecesOfBoundedSize()
    {
        var pieces = Enumerable.Repeat<InferenceEvent>(new InferenceDelta(new string('x', 100), 1), 1000).Append(End).ToArray();

        var joined = await ReadyDeltas.JoinAsync(AtOnce(pieces), default).ToListAsync();

        joined.OfType<InferenceDelta>().Sum(delta => delta.Tokens).ShouldBe(1000);
        joined.OfType<InferenceDelta>().Max(delta => delta.Text.Length).ShouldBeLessThan(2048 + 100);
    }

    [Fact]
    public async Task Join_ReaderLeavesWhileTheSourceWaits_TheSourceIsToldAndClosed()
    {
        var closed = new TaskCompletionSource();
        await foreach (var _ in ReadyDeltas.JoinAsync(Endless(closed), default)) break;

        await closed.Task.WaitAsync(Patience.Limit);
    }

    private static async IAsyncEnumerable<InferenceEvent> AtOnce(params InferenceEvent[] events)
    {
        await Task.CompletedTask;
        foreach (var step in events) yield return step;
    }

    private static async IAsyncEnumerable<InferenceEvent> WithAWait(Task goOn)
    {
        yield return new InferenceDelta("a", 1);
        await goOn;
        yield return new InferenceDelta("b", 1);
        yield return End;
    }

    private static async IAsyncEnumerable<InferenceEvent> Endless(TaskCompletionSource closed, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            yield return new InferenceDelta("a", 1);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            closed.SetResult();
        }
    }
}
