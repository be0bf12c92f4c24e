using System.Net;
using FedAi.Protocol.Messages;
using Microsoft.Extensions.Primitives;

namespace FedAi.Daemon.OpenAi;

/// <summary>
/// Who may use /v1 without a key (DECISIONS E18): programs on this machine. A connection from loopback is not enough:
/// it may come from a browser that a web page told to send a request.
/// </summary>
internal static class LocalCaller
{
    private static readonly Refusal NotLocal = new(ErrorCode.Unauthorized,
        "/v1 serves programs on this machine only: run `fedai gateway` on your own machine, and use http://127.0.0.1:8484/v1.");

    private static readonly Refusal WebPage = new(ErrorCode.ClientNotAllowed,
        "A web page of another site may not use this address in your name.");

    /// <summary>Null when the caller is a program on this machine. Without an address it came over the control socket.</summary>
    public static Refusal? Problem(IPAddress? remote, HostString host, IHeaderDictionary headers)
    {
        if (remote is null) return null;
        if (!IPAddress.IsLoopback(remote) || (host.HasValue && !IsLocalHost(host.Host))) return NotLocal;
        return IsForeignPage(headers.Origin) ? WebPage : null;
    }

    /// <summary>A name of the internet that points to 127.0.0.1 is how a web page gets around the browser's same-origin rule.</summary>
    private static bool IsLocalHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Programs send no Origin, or one of their own scheme (editors, desktop apps); sandboxed pages send <c>null</c>.</summary>
    private static bool IsForeignPage(StringValues origin)
    {
        if (origin.Count == 0) return false;
        return !Uri.TryCreate(origin.ToString(), UriKind.Absolute, out var uri) || (uri.Scheme is "http" or "https" && !IsLocalHost(uri.Host));
    }
}
