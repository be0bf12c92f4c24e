using System.Net;
using System.Net.Sockets;

namespace FedAi.Daemon.Peering;

/// <summary>
/// The HTTP client for addresses that strangers named. It resolves a name once, judges every address, connects to a
/// judged one, follows no redirect and uses no proxy, so that nobody can point this daemon at the operator's network.
/// </summary>
internal static class PeerHttp
{
    /// <summary>Connecting takes at most this long; a peer that does not answer must not hold a request up.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    public static HttpClient Create(PrivateNetworks privateNetworks) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(15),
        MaxResponseHeadersLength = 16,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, privateNetworks, cancellationToken),
    })
    {
        // Requests carry their own deadlines; a stream may rightly last for minutes.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, PrivateNetworks privateNetworks, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
        if (addresses.Length == 0 || !Array.TrueForAll(addresses, address => AddressPolicy.Allows(address, privateNetworks)))
            throw new BlockedAddressException();

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
