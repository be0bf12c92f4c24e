using System.Net;

namespace FedAi.Daemon.Peering;

/// <summary>
/// A connection that a node opened and on which this router asks: HTTP/2 with roles swapped (DECISIONS E13). It is one connection;
/// when it ends, requests on it fail like those to a node that cannot be reached.
/// </summary>
internal sealed class PeerChannel : IDisposable
{
    private const string Ended = "The node's connection ended.";

    /// <summary>A peer that vanished without a word is noticed after twice this.</summary>
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(10);

    /// <summary>The node closes a connection without requests after 130 s (Kestrel's keep-alive), pings or not.</summary>
    private static readonly TimeSpan Use = TimeSpan.FromSeconds(60);

    /// <summary>What stands in requests in the place of an address; there is only one way.</summary>
    public static readonly Uri Base = new("http://node/");

    private static readonly Uri Health = new(Base, "health");

    private readonly WatchedStream stream;
    private readonly HttpMessageInvoker http;
    private int taken;

    public PeerChannel(Stream connection, bool isConfidential)
    {
        IsConfidential = isConfidential;
        stream = new WatchedStream(connection);
        http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            KeepAlivePingDelay = Ping,
            KeepAlivePingTimeout = Ping,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            MaxResponseHeadersLength = 16,
            // There is this one connection and no way to another.
            ConnectCallback = (_, _) => Interlocked.Exchange(ref taken, 1) == 0 ? ValueTask.FromResult<Stream>(stream) : throw new IOException(Ended),
        });
    }

    /// <summary>The node dialled over TLS, or from this machine.</summary>
    public bool IsConfidential { get; }

    /// <summary>Set when the connection ended, whoever ended it.</summary>
    public CancellationToken Closed => stream.Closed;

    /// <summary>Throws <see cref="IOException"/> where the connection has ended.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        message.Version = HttpVersion.Version20;
        message.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        try
        {
            return await http.SendAsync(message, cancellationToken);
        }
        catch (ObjectDisposedException exception)
        {
            throw new IOException(Ended, exception);
        }
    }

    /// <summary>Opens the channel and uses it now and then, until it breaks; ends with the exception that says how.</summary>
    public async Task HoldAsync(TimeProvider time, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, Closed);
        while (true)
        {
            using (var silence = new PeerDeadline(Ping, time, ending.Token))
            using (var message = new HttpRequestMessage(HttpMethod.Get, Health))
            using (await SendAsync(message, silence.Token))
            {
                // That it answered is all.
            }

            await Task.Delay(Use, time, ending.Token);
        }
    }

    public void Dispose()
    {
        http.Dispose();
        stream.Dispose();
    }
}
