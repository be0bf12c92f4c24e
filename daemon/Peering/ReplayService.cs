namespace FedAi.Daemon.Peering;

/// <summary>Brings the replay memory back before the first request, and marks a graceful stop after the last one (DECISIONS E8).</summary>
internal sealed class ReplayService(ReplayGuard replay) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => replay.RestoreAsync();

    public Task StopAsync(CancellationToken cancellationToken) => replay.MarkCleanAsync();
}
