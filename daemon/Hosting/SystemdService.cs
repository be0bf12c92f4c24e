using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace FedAi.Daemon.Hosting;

/// <summary>Tells the service manager (sd_notify) that the daemon is ready, alive and stopping. Does nothing outside a unit.</summary>
internal sealed class SystemdService(IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } path) return;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        // A leading @ means the abstract namespace.
        var manager = new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path);

        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStarted = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await using var onStopping = stoppingToken.Register(() => started.TrySetCanceled());
        await started.Task;
        Tell(socket, manager, "READY=1");

        using var watchdog = new PeriodicTimer(WatchdogInterval(), time);
        try
        {
            while (await watchdog.WaitForNextTickAsync(stoppingToken)) Tell(socket, manager, "WATCHDOG=1");
        }
        catch (OperationCanceledException)
        {
            Tell(socket, manager, "STOPPING=1");
        }
    }

    /// <summary>Half of what the unit allows, as sd_watchdog_enabled(3) advises.</summary>
    private static TimeSpan WatchdogInterval() =>
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out var usec) && usec > 0
            ? TimeSpan.FromMicroseconds(usec / 2)
            : Timeout.InfiniteTimeSpan;

    private static void Tell(Socket socket, UnixDomainSocketEndPoint manager, string line)
    {
        try
        {
            socket.SendTo(Encoding.UTF8.GetBytes(line), manager);
        }
        catch (SocketException)
        {
            // A service manager that does not listen is no reason to stop serving.
        }
    }
}
