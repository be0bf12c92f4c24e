using FedAi.Daemon.Trust;
using FedAi.RelayDiscovery.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Daemon.Peering;

/// <summary>Asks relays once which routers announced themselves, with the same checks as a running daemon. Connects to relays only.</summary>
internal static class RouterSearch
{
    public static async Task<(IReadOnlyList<KnownRouter> Routers, IReadOnlyList<RelayStatus> Relays)> RunAsync(
        IReadOnlyList<PooledRelay> relays, RelayHttp http, TrustScores trust, FederationNetwork network, TimeSpan patience, TimeProvider clock, CancellationToken stop)
    {
        var directory = new RouterDirectory(clock, trust);
        // Addresses are only shown here, so those of this machine and network are shown too.
        var ingest = new RelayIngest(new ControlMessageHandler(directory, PrivateNetworks.Lan), trust, network, own: null, clock);
        var pool = new RelayPool(relays, new RelayPoolOptions { ConnectTimeout = patience }, clock, NullLogger<RelayPool>.Instance, http: http);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = pool.RunAsync(ending.Token);
        var subscription = await pool.SubscribeAsync(RelayQueries.For(trust), stop);
        await foreach (var found in subscription.ReadStoredAsync(patience, stop)) ingest.Take(found.Event, found.Relay);

        var status = pool.Status;
        await ending.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (running.IsFaulted) await running;
        return (directory.Current, status);
    }
}
