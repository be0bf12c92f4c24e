using FedAi.Daemon.Trust;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.Daemon.Peering;

/// <summary>Keeps the relays connected and takes in what other routers announce there. Start-up never waits for it.</summary>
internal sealed class RelayIngestService(RelayPool pool, RelayIngest ingest, HeardAnnouncements heard, TrustScores trust) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] loops = [pool.RunAsync(ending.Token), ReadAsync(ending.Token)];
        await Task.WhenAny(loops);
        await ending.CancelAsync();
        await Task.WhenAll(loops);
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        heard.Restore();
        var subscription = await pool.SubscribeAsync(RelayQueries.For(trust.Lists), stop);
        await foreach (var received in subscription.Events.ReadAllAsync(stop)) PeeringMetrics.Count(ingest.Take(received.Event, received.Relay));
    }
}
