using FedAi.Daemon.Router;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Router;

public sealed class JobGateTests
{
    private readonly ManualTime time = new();

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(2000)]
    public void TryEnter_TwiceAsMuchAsTheManifestSays_RefusesTheExcess(int perSecond)
    {
        var gate = new JobGate(new RouterStanding { MaxPerSecond = perSecond }, time);

        // A second's worth at once, then for ten seconds twice what is allowed.
        Admitted(gate, 2 * perSecond).ShouldBe(perSecond);
        var admitted = 0;
        for (var step = 0; step < 100; step++)
        {
            time.Move(TimeSpan.FromMilliseconds(100));
            admitted += Admitted(gate, Math.Max(1, 2 * perSecond / 10));
        }

        admitted.ShouldBe(10 * perSecond);
    }

    [Fact]
    public void TryEnter_Refused_SaysWhenToComeBackAndTakesNoPlace()
    {
        var gate = new JobGate(new RouterStanding { MaxPerSecond = 1, MaxJobs = 2 }, time);
        gate.TryEnter().ShouldBeNull();

        gate.TryEnter()!.RetryAfterSeconds.ShouldBe(1);

        gate.Running.ShouldBe(1);
    }

    [Fact]
    public void TryEnter_OneMoreAtOnceThanTheManifestSays_IsRefusedUntilOneLeaves()
    {
        var gate = new JobGate(new RouterStanding { MaxJobs = 3 }, time);
        for (var job = 0; job < 3; job++) gate.TryEnter().ShouldBeNull();

        gate.TryEnter()!.RetryAfterSeconds.ShouldNotBeNull();
        gate.Leave();

        gate.TryEnter().ShouldBeNull();
    }

    [Fact]
    public void TryEnter_WithoutLimits_RefusesNobodyAndAllocatesNothing()
    {
        var gate = new JobGate(new RouterStanding(), TimeProvider.System);
        var refused = Refused(gate, 10_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        refused += Refused(gate, 100_000);

        (refused, GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe((0, 0));
    }

    [Fact]
    public void TryEnter_FromManyThreads_AdmitsExactlyASecondsWorth()
    {
        var gate = new JobGate(new RouterStanding { MaxPerSecond = 1000 }, time);
        var admitted = 0;

        Parallel.For(0, 4000, _ =>
        {
            if (gate.TryEnter() is null) Interlocked.Increment(ref admitted);
        });

        admitted.ShouldBe(1000);
    }

    private static int Admitted(JobGate gate, int tries) => tries - Refused(gate, tries);

    private static int Refused(JobGate gate, int tries)
    {
        var refused = 0;
        for (var at = 0; at < tries; at++)
            if (gate.TryEnter() is null) gate.Leave();
            else refused++;
        return refused;
    }
}
