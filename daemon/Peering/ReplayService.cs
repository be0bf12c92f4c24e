namespace FedAi.Daemon.Peering;

/// <summary>Brings the replay memory back before the first request, lets go of what is too old, and marks a graceful stop after the last request (DECISIONS E8).</summary>
internal sealed class ReplayService(ReplayGuard replay, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await replay.RestoreAsync();
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await replay.MarkCleanAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) replay.Forget();
    }
}
