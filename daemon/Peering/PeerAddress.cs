using System.Net;

namespace FedAi.Daemon.Peering;

/// <summary>Who is on the other end of a connection.</summary>
internal static class PeerAddress
{
    /// <summary>From this machine: over loopback, or over the control socket, which has no address.</summary>
    public static bool IsLocal(HttpContext context) => context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);

    /// <summary>
    /// A proxy on this machine speaks for strangers, who must not be taken for local because of it: its word about the caller
    /// replaces its own address. The last entry is the one the proxy itself wrote.
    /// </summary>
    public static void Unmask(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (!IsLocal(context) || !(headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded") || headers.ContainsKey("X-Real-IP"))) return;
        var last = headers["X-Forwarded-For"].ToString().Split(',')[^1].Trim();
        context.Connection.RemoteIpAddress = IPAddress.TryParse(last, out var address) && !IPAddress.IsLoopback(address) ? address : IPAddress.None;
    }
}
