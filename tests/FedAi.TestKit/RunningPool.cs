using FedAi.Protocol.Crypto;
using FedAi.RelayDiscovery.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.TestKit;

/// <summary>A relay pool whose loop runs for the length of a test; it comes back quickly so that tests need not wait.</summary>
internal sealed class RunningPool : IAsyncDisposable
{
    /// <summary>Comes back at once, and never puts a relay aside for longer than a test can wait.</summary>
    public static RelayPoolOptions Quick { get; } = new() { FirstBackoff = TimeSpan.FromMilliseconds(20), LongestBackoff = TimeSpan.FromMilliseconds(100), PutAsideFor = TimeSpan.FromMilliseconds(500) };

    private readonly CancellationTokenSource stop = new();
    private readonly HttpClient http;
    private readonly Task running;

    private RunningPool(RelayPool pool, HttpClient http)
    {
        Pool = pool;
        this.http = http;
        running = pool.RunAsync(stop.Token);
    }

    public RelayPool Pool { get; }

    /// <summary>Starts a pool and waits until each relay was tried, and one at least is connected.</summary>
    public static Task<RunningPool> StartAsync(params Uri[] relays) => StartAsync(Quick, relays);

    public static Task<RunningPool> StartAsync(RelayPoolOptions options, params Uri[] relays) =>
        StartAsync(options, identity: null, [.. relays.Select(relay => new PooledRelay(relay, Publishes: true))]);

    public static Task<RunningPool> StartAsync(RelayPoolOptions options, KeyPair? identity, params PooledRelay[] relays) =>
        StartAsync(options, TimeProvider.System, identity, relays);

    public static async Task<RunningPool> StartAsync(RelayPoolOptions options, TimeProvider clock, KeyPair? identity, params PooledRelay[] relays)
    {
        var http = new HttpClient();
        var running = new RunningPool(new RelayPool(relays, options, clock, NullLogger<RelayPool>.Instance, identity, new RelayHttp(http, http)), http);
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
        http.Dispose();
        if (running.IsFaulted) await running;
    }
}
