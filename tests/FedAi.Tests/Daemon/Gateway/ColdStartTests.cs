using FedAi.Daemon.Gateway;
using FedAi.Daemon.Peering;
using FedAi.TestKit;
using Microsoft.AspNetCore.Http;

namespace FedAi.Tests.Daemon.Gateway;

public sealed class ColdStartTests
{
    private static readonly Uri Address = new("http://127.0.0.1/");

    private readonly RouterDirectory routers = new(TimeProvider.System);
    private readonly TaskCompletionSource passed = new();

    [Fact]
    public async Task Wait_RouterIsKnown_PassesAtOnce()
    {
        routers.Observe(AnnouncedRouter.At(Address, "tiny"));

        await WaitAsync(new ColdStart(routers, TimeProvider.System));

        passed.Task.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task Wait_RouterThatServesSomethingAppears_Passes()
    {
        var waiting = WaitAsync(new ColdStart(routers, TimeProvider.System));

        routers.Observe(AnnouncedRouter.At(Address)); // no node has registered there yet
        passed.Task.IsCompleted.ShouldBeFalse();
        routers.Observe(AnnouncedRouter.At(Address, "tiny"));

        await waiting;
        passed.Task.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task Wait_StartIsLongAgo_PassesThoughNobodyIsKnown()
    {
        await WaitAsync(new ColdStart(routers, new HastyClock()));

        passed.Task.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task Wait_ClientLeaves_Ends()
    {
        using var leaving = new CancellationTokenSource();
        var waiting = WaitAsync(new ColdStart(routers, TimeProvider.System), leaving.Token);

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
        passed.Task.IsCompleted.ShouldBeFalse();
    }

    private async Task WaitAsync(ColdStart start, CancellationToken aborted = default)
    {
        var context = new DefaultHttpContext { RequestAborted = aborted };
        await start.WaitAsync(new DefaultEndpointFilterInvocationContext(context), _ =>
        {
            passed.SetResult();
            return default;
        });
    }

    /// <summary>Every look at it is ten seconds after the one before.</summary>
    private sealed class HastyClock : TimeProvider
    {
        private long looks;

        public override long GetTimestamp() => Interlocked.Increment(ref looks) * 10 * TimestampFrequency;
    }
}
