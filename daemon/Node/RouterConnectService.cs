using System.Security.Cryptography;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Node;

/// <summary>
/// Holds a connection open to every router that cannot reach this node by itself, and opens a new one when it breaks: at once at
/// first, then less often. The server behind it is the same as behind this node's own address.
/// </summary>
internal sealed partial class RouterConnectService(RouterConnectClient client, ChannelListener listener, ChannelStates states, RouterLinks routers, TimeProvider time, ILogger<RouterConnectService> logger) : BackgroundService
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RouterLoops.RunAsync(routers, KeepConnectedAsync, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task KeepConnectedAsync(PublicKey router, CancellationToken stopping)
    {
        var retry = FirstRetry;
        while (true)
        {
            var wanted = states.IsWanted(router);
            if (wanted == true && await ServeAsync(router, stopping)) retry = FirstRetry;
            // Up to double, so that the nodes of a router that was restarted do not all come back in one moment.
            await Task.Delay(wanted switch
            {
                true => retry * (RandomNumberGenerator.GetInt32(1000, 2001) / 1000.0),
                false => LongestRetry,
                null => FirstRetry,
            }, time, stopping);
            if (wanted == true) retry = TimeSpan.FromTicks(Math.Min(retry.Ticks * 2, LongestRetry.Ticks));
        }
    }

    /// <summary>Opens a connection and serves it until it ends; false when none came about.</summary>
    private async Task<bool> ServeAsync(PublicKey router, CancellationToken stopping)
    {
        var (connection, address, refusal) = await client.OpenAsync(router, stopping);
        if (connection is null)
        {
            if (states.Set(router, refusal)) LogNotConnected(router.Npub, refusal!.Code.Wire(), refusal.Hint);
            return false;
        }

        states.Set(router, null);
        LogConnected(router.Npub);
        await listener.ServeAsync(connection, address!, stopping);
        states.Set(router, new Refusal(ErrorCode.RouterUnreachable, "This node's connection to the router broke; it is being opened again."));
        LogEnded(router.Npub);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "connected to router {Router}, which asks over this connection")]
    private partial void LogConnected(string router);

    [LoggerMessage(Level = LogLevel.Information, Message = "the connection to router {Router} ended")]
    private partial void LogEnded(string router);

    [LoggerMessage(Level = LogLevel.Warning, Message = "not connected to router {Router}: {Code}. {Hint}")]
    private partial void LogNotConnected(string router, string code, string? hint);
}
