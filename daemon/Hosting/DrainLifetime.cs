using System.Runtime.InteropServices;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Hosting;

/// <summary>
/// Ends the daemon in order on SIGTERM and SIGINT: no new requests, those being answered end, then the host stops; below 10 s
/// altogether. A second signal does not wait. SIGHUP reads the configuration again; at a terminal it means that the terminal is gone, and ends the daemon.
/// </summary>
internal sealed class DrainLifetime(RequestGuard guard, IHostApplicationLifetime lifetime, IServiceProvider services) : IHostLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AfterAbort = TimeSpan.FromSeconds(1);

    /// <summary>What is left for hosted services; <see cref="Patience"/> and this stay below systemd's and the 10 s.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    private readonly List<PosixSignalRegistration> signals = [];
    private int asked;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
            signals.Add(PosixSignalRegistration.Create(signal, OnSignal));
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, Console.IsInputRedirected ? OnReload : OnSignal));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => signals.ForEach(signal => signal.Dispose());

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref asked) == 1) _ = StopAsync();
        else lifetime.StopApplication();
    }

    private void OnReload(PosixSignalContext context)
    {
        context.Cancel = true;
        _ = services.GetRequiredService<Reload>().OnSignalAsync();
    }

    private async Task StopAsync()
    {
        try
        {
            // First of all, so that nobody sends new requests here, and while relays and their readers are still connected.
            if (services.GetService<AnnouncementService>() is { } announcements) await announcements.WithdrawAsync();
            if (services.GetService<RegistrationService>() is { } registration) await registration.WithdrawAsync();
        }
        finally
        {
            await guard.DrainAsync(Patience, AfterAbort);
            lifetime.StopApplication();
        }
    }
}
