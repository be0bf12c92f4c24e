using FedAi.Daemon.Store;

namespace FedAi.Tests.Daemon.Store;

/// <summary>When the writer thread is woken, and what it then takes. Lingering for an hour stands for "not by the clock".</summary>
public sealed class WriteQueueTests
{
    private static readonly TimeSpan AnHour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Take_OneInAHurryJoins_TakesAllThatWaitedWithIt()
    {
        var queue = new WriteQueue(limit: 10, batchLimit: 10, AnHour);
        queue.Add(Write(hurry: false));
        queue.Add(Write(hurry: false));
        var batch = new List<PendingWrite>();
        var taking = Task.Run(() => queue.Take(batch));

        queue.Add(Write(hurry: true));

        (await taking).ShouldBeTrue();
        batch.Select(write => write.Hurry).ShouldBe([false, false, true]);
    }

    [Fact]
    public async Task Take_NobodyInAHurry_WaitsForAFullBatch()
    {
        var queue = new WriteQueue(limit: 10, batchLimit: 3, AnHour);
        var batch = new List<PendingWrite>();
        var taking = Task.Run(() => queue.Take(batch));

        for (var i = 0; i < 3; i++) queue.Add(Write(hurry: false));

        (await taking).ShouldBeTrue();
        batch.Count.ShouldBe(3);
    }

    [Fact]
    public void Take_NobodyInAHurry_GoesWhenTheLingerTimeIsOver()
    {
        var queue = new WriteQueue(limit: 10, batchLimit: 10, TimeSpan.FromMilliseconds(1));
        queue.Add(Write(hurry: false));
        var batch = new List<PendingWrite>();

        queue.Take(batch).ShouldBeTrue();
        batch.Count.ShouldBe(1);
    }

    [Fact]
    public void Take_MoreThanABatch_LeavesTheRestAndItsHurry()
    {
        var queue = new WriteQueue(limit: 10, batchLimit: 2, AnHour);
        foreach (var hurry in (bool[])[false, true, true]) queue.Add(Write(hurry));
        List<PendingWrite> first = [], second = [];

        queue.Take(first).ShouldBeTrue();
        queue.Take(second).ShouldBeTrue();
        (first.Count, second.Count).ShouldBe((2, 1));
    }

    [Fact]
    public void Add_FullOrClosed_IsToldSo()
    {
        var queue = new WriteQueue(limit: 1, batchLimit: 10, AnHour);

        queue.Add(Write(hurry: false)).ShouldBe(WriteQueueAnswer.Queued);
        queue.Add(Write(hurry: true)).ShouldBe(WriteQueueAnswer.Full);
        queue.Close();
        queue.Add(Write(hurry: true)).ShouldBe(WriteQueueAnswer.Closed);
    }

    [Fact]
    public async Task Close_WakesTheTaker_WhoGetsWhatIsLeftAndThenNothing()
    {
        var queue = new WriteQueue(limit: 10, batchLimit: 10, AnHour);
        var batch = new List<PendingWrite>();
        var taking = Task.Run(() => queue.Take(batch));
        queue.Add(Write(hurry: false));

        queue.Close();

        (await taking).ShouldBeTrue();
        batch.Count.ShouldBe(1);
        queue.Take([]).ShouldBeFalse();
    }

    private static PendingWrite Write(bool hurry) => new(_ => null, Durability.Normal, hurry);
}
