using FedAi.RelayDiscovery.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.TestKit;

/// <summary>A relay pool whose loop runs for the length of a test; it comes back quickly so that tests need not wait.</summary>
internal sealed class RunningPool : IAsyncDisposable
{
    private static readonly RelayPoolOptions Quick = new() { FirstBackoff = TimeSpan.FromMilliseconds(20), LongestBackoff = TimeSpan.FromMilliseconds(100) };

    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    private RunningPool(RelayPool pool)
    {
        Pool = pool;
        running = pool.RunAsync(stop.Token);
    }

    public RelayPool Pool { get; }

    /// <summary>Starts a pool and waits until each relay was tried, and one at least is connected.</summary>
    public static Task<RunningPool> StartAsync(params Uri[] relays) => StartAsync(Quick, relays);

    public static async Task<RunningPool> StartAsync(RelayPoolOptions options, params Uri[] relays)
    {
        var running = new RunningPool(new RelayPool([.. relays.Select(relay => new PooledRelay(relay, Publishes: true))], options, TimeProvider.System, NullLogger<RelayPool>.Instance));
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (running.Pool.Status.Any(relay => relay.State is RelayState.Idle or RelayState.Connecting && relay.Failures == 0)
            || running.Pool.Status.All(relay => relay.State is not RelayState.Connected))
            await Task.Delay(5, patience.Token);
        return running;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        if (running.IsFaulted) await running;
    }
}
