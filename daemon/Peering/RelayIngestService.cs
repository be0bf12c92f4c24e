using FedAi.Daemon.Trust;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.Daemon.Peering;

/// <summary>Keeps the relays connected and takes in what other routers announce there. Start-up never waits for it.</summary>
internal sealed class RelayIngestService(RelayPool pool, RelayIngest ingest, HeardAnnouncements heard, TrustScores trust, RelayHub? hub = null) : BackgroundService
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
        while (true)
        {
            // What was dropped for want of trust is asked for again when its author gains it.
            var change = trust.NextChange();
            await using var subscription = await pool.SubscribeAsync(RelayQueries.For(trust), stop);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var reading = TakeAsync(subscription, ending.Token);
            await Task.WhenAny(reading, change.WaitAsync(stop));
            await ending.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (reading.IsFaulted) await reading;
            stop.ThrowIfCancellationRequested();
            foreach (var kept in hub?.Find(RelayQueries.For(trust)) ?? []) PeeringMetrics.Count(ingest.TakeVerified(kept));
        }
    }

    private async Task TakeAsync(RelaySubscription subscription, CancellationToken stop)
    {
        await foreach (var received in subscription.Events.ReadAllAsync(stop)) PeeringMetrics.Count(ingest.Take(received.Event, received.Relay));
    }
}
