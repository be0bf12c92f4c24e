using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>The daemon's own relay under one path: a WebSocket for Nostr clients, the NIP-11 document for those that accept it.</summary>
internal static class RelayEndpoints
{
    /// <summary>Where every daemon that has a relay serves it (DECISIONS E17).</summary>
    public const string Path = "/relay";

    private const string InformationType = "application/nostr+json";

    /// <summary>The relay's address at the daemon with this base.</summary>
    public static Uri UrlOf(Uri listening) =>
        new UriBuilder(new Uri(listening, Path[1..])) { Scheme = listening.Scheme == Uri.UriSchemeHttps ? "wss" : "ws", Port = listening.Port }.Uri;

    /// <summary>Maps the relay; brings its own WebSocket middleware.</summary>
    public static void MapRelay(this IEndpointRouteBuilder endpoints, RelayHub hub)
    {
        var clock = endpoints.ServiceProvider.GetRequiredService<TimeProvider>();
        var stopping = endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var information = RelayInformation.Write(hub.Limits);
        var perAddress = new ConcurrentDictionary<IPAddress, int>();
        var pipeline = endpoints.CreateApplicationBuilder();
        pipeline.UseWebSockets();
        pipeline.Run(request => request switch
        {
            { WebSockets.IsWebSocketRequest: true } => AcceptAsync(request, hub, perAddress, clock, stopping),
            _ when request.Request.Headers.Accept.ToString().Contains(InformationType, StringComparison.OrdinalIgnoreCase) => InformAsync(request.Response, information),
            _ => WireAnswer.RefuseAsync(request.Response, new Refusal(ErrorCode.InvalidRequest, $"This is a Nostr relay: connect by WebSocket, or accept {InformationType} to read about it.")),
        });
        endpoints.MapGet(Path, pipeline.Build());
    }

    private static async Task AcceptAsync(HttpContext request, RelayHub hub, ConcurrentDictionary<IPAddress, int> perAddress, TimeProvider clock, CancellationToken stopping)
    {
        var address = OriginOf(request.Connection.RemoteIpAddress ?? IPAddress.None);
        var mine = perAddress.AddOrUpdate(address, 1, (_, count) => count + 1);
        try
        {
            if (hub.Connections >= hub.Limits.MaxConnections || (mine > hub.Limits.MaxConnectionsPerAddress && !IPAddress.IsLoopback(address)))
            {
                await WireAnswer.RefuseAsync(request.Response, new Refusal(ErrorCode.RateLimited, "Too many connections to this relay; use those that are open.", RetryAfterSeconds: 30));
                return;
            }

            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, request.RequestAborted);
            using var socket = await request.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                KeepAliveInterval = TimeSpan.FromSeconds(30),
                KeepAliveTimeout = TimeSpan.FromSeconds(30),
            });
            using var session = new RelaySession(socket, hub, clock);
            await hub.ServeAsync(session, ending.Token);
        }
        finally
        {
            // Counts that fell to 0 go, or strangers' addresses would pile up.
            if (perAddress.AddOrUpdate(address, 0, (_, count) => count - 1) <= 0) perAddress.TryRemove(KeyValuePair.Create(address, 0));
        }
    }

    /// <summary>One IPv4 address, or the /64 that one household or host has of IPv6.</summary>
    private static IPAddress OriginOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily is not AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address)) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private static Task InformAsync(HttpResponse response, byte[] information)
    {
        response.ContentType = InformationType;
        // NIP-11 asks for these, so that web pages can read the document.
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlAllowHeaders = "*";
        response.Headers.AccessControlAllowMethods = "GET";
        return response.Body.WriteAsync(information).AsTask();
    }
}
