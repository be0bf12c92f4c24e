using System.Net;
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
        var origins = new RelayOrigins(hub.Limits, clock);
        var pipeline = endpoints.CreateApplicationBuilder();
        pipeline.UseWebSockets();
        pipeline.Run(request => request switch
        {
            { WebSockets.IsWebSocketRequest: true } => AcceptAsync(request, hub, origins, stopping),
            _ when request.Request.Headers.Accept.ToString().Contains(InformationType, StringComparison.OrdinalIgnoreCase) => InformAsync(request.Response, information),
            _ => WireAnswer.RefuseAsync(request.Response, new Refusal(ErrorCode.InvalidRequest, $"This is a Nostr relay: connect by WebSocket, or accept {InformationType} to read about it.")),
        });
        endpoints.MapGet(Path, pipeline.Build());
    }

    private static async Task AcceptAsync(HttpContext request, RelayHub hub, RelayOrigins origins, CancellationToken stopping)
    {
        var origin = hub.Connections < hub.Limits.MaxConnections ? origins.Enter(request.Connection.RemoteIpAddress ?? IPAddress.None) : null;
        if (origin is null)
        {
            await WireAnswer.RefuseAsync(request.Response, new Refusal(ErrorCode.RateLimited, "Too many connections to this relay; use those that are open.", RetryAfterSeconds: 30));
            return;
        }

        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, request.RequestAborted);
            using var socket = await request.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                KeepAliveInterval = TimeSpan.FromSeconds(30),
                KeepAliveTimeout = TimeSpan.FromSeconds(30),
            });
            using var session = new RelaySession(socket, hub, origin);
            await hub.ServeAsync(session, ending.Token);
        }
        finally
        {
            origins.Leave(origin);
        }
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
