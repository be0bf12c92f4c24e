using System.Security.Cryptography;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Node;

/// <summary>
/// Tells every router of this node that it is there and what it offers: at once, when the offer changes, and every 10 s
/// as a heartbeat (DECISIONS E6). A router that does not answer is asked again soon, then less often.
/// </summary>
internal sealed partial class RegistrationService(NodeOffer offer, RouterLinks routers, RouterRegistration registration, RegistrationLog states, TimeProvider time, ILogger<RegistrationService> logger) : BackgroundService, IHostedLifecycleService
{
    /// <summary>Routers that do not listen notice by themselves, after the heartbeat is missing.</summary>
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);

    private int withdrawn;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => WithdrawAsync();

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Tells every router that took this node that it offers nothing any more; what runs here goes on. Once.</summary>
    public async Task WithdrawAsync()
    {
        if (Interlocked.Exchange(ref withdrawn, 1) == 1) return;
        using var patience = new CancellationTokenSource(FarewellLimit, time);
        offer.Leave();
        await StopAsync(patience.Token);
        await Task.WhenAll(routers.Keys.Where(states.IsRegistered).Select(router => registration.RunAsync(router, patience.Token)));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RouterLoops.RunAsync(routers, KeepRegisteredAsync, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop, by WithdrawAsync before the host is: the host would take a cancelled loop for a failed one, and stop at once.
        }
    }

    private async Task KeepRegisteredAsync(PublicKey router, CancellationToken stopping)
    {
        var retry = FirstRetry;
        while (!stopping.IsCancellationRequested)
        {
            var changed = offer.NextChange();
            var refusal = await registration.RunAsync(router, stopping);
            if (stopping.IsCancellationRequested) break;
            if (states.Set(router, refusal)) Report(router, refusal);

            // ±10 %, so that the heartbeats of many nodes do not fall on one moment.
            var pause = (refusal is null ? Interval : retry) * (RandomNumberGenerator.GetInt32(900, 1101) / 1000.0);
            retry = refusal is null ? FirstRetry : TimeSpan.FromTicks(Math.Min(retry.Ticks * 2, Interval.Ticks));
            await Task.WhenAny(changed, Task.Delay(pause, time, stopping));
        }
    }

    private void Report(PublicKey router, Refusal? refusal)
    {
        if (refusal is null) LogRegistered(router.Npub);
        else if (refusal.Code != ErrorCode.ServiceUnconfigured) LogRefused(router.Npub, refusal.Code.Wire(), refusal.Hint);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "registered at router {Router}")]
    private partial void LogRegistered(string router);

    [LoggerMessage(Level = LogLevel.Warning, Message = "not registered at router {Router}: {Code}. {Hint}")]
    private partial void LogRefused(string router, string code, string? hint);
}
