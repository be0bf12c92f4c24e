using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>
/// The HTTP client for peers. It resolves a name once, judges every address, connects to a judged one, holds the certificate
/// against what the peer announced, follows no redirect and uses no proxy, so that nobody can point this daemon at the
/// operator's network or stand between two daemons.
/// </summary>
internal sealed class PeerHttp : IDisposable
{
    /// <summary>Connecting takes at most this long, TLS included; a peer that does not answer must not hold a request up.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private static readonly HttpRequestOptionsKey<PeerEndpoint> Endpoint = new("fedai.endpoint");
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly PrivateNetworks privateNetworks;
    private readonly HttpMessageInvoker http;

    public PeerHttp(PrivateNetworks privateNetworks)
    {
        this.privateNetworks = privateNetworks;
        http = new HttpMessageInvoker(Handler(async (context, cancellationToken) =>
            (await OpenAsync(context.InitialRequestMessage.Options.TryGetValue(Endpoint, out var peer) ? peer : throw new BlockedAddressException(), cancellationToken)).Stream));
    }

    /// <summary>A client for relays, under the same rules: their WebSocket connections and the documents they describe themselves in. About their certificates authorities decide, or the key hashes of one relay, or either of them.</summary>
    public static HttpClient ForRelays(PrivateNetworks privateNetworks, IReadOnlyList<string>? tlsSpki = null, bool authoritiesToo = false)
    {
        var handler = Handler(async (context, cancellationToken) => await OpenAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, privateNetworks, cancellationToken));
        if (tlsSpki is { Count: > 0 })
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) => (authoritiesToo && errors == SslPolicyErrors.None) || CertificatePin.Fits(certificate, tlsSpki);
        // Callers bound their own waiting; a connection to a relay may rightly last for days.
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Posts JSON to a path under the peer's base and gives the answer as soon as its headers are here; the caller bounds what it reads of it, and for how long.</summary>
    public async Task<HttpResponseMessage> PostAsync(PeerEndpoint peer, string path, byte[] json, CancellationToken cancellationToken)
    {
        using var message = peer.Channel is null ? Message(HttpMethod.Post, peer, path) : new HttpRequestMessage(HttpMethod.Post, new Uri(PeerChannel.Base, path));
        message.Content = new ByteArrayContent(json);
        message.Content.Headers.ContentType = Json;
        return await (peer.Channel is { } channel ? channel.SendAsync(message, cancellationToken) : http.SendAsync(message, cancellationToken));
    }

    /// <summary>Asks for the peer's /health over a connection that is kept; whatever it answers, it is there.</summary>
    public async Task GreetAsync(PeerEndpoint peer, CancellationToken cancellationToken)
    {
        using var message = peer.Channel is null ? Message(HttpMethod.Get, peer, "health") : new HttpRequestMessage(HttpMethod.Get, new Uri(PeerChannel.Base, "health"));
        using var answer = await (peer.Channel is { } channel ? channel.SendAsync(message, cancellationToken) : http.SendAsync(message, cancellationToken));
    }

    /// <summary>
    /// Asks the peer to speak another protocol on a connection of its own: the connection and whom it leads to, or (null) why the peer refused.
    /// Whoever gets it owns it.
    /// </summary>
    public async Task<(Stream? Connection, IPEndPoint? Peer, Refusal? Refusal)> UpgradeAsync(PeerEndpoint peer, string path, string protocol, CancellationToken cancellationToken)
    {
        IPEndPoint? remote = null;
        using var once = new HttpMessageInvoker(Handler(async (_, connecting) =>
        {
            var (stream, address) = await OpenAsync(peer, connecting);
            remote = address;
            return stream;
        }));
        using var message = Message(HttpMethod.Get, peer, path);
        message.Headers.Connection.Add("Upgrade");
        message.Headers.Upgrade.Add(new ProductHeaderValue(protocol.Split('/')[0], protocol.Split('/')[1]));
        var answer = await once.SendAsync(message, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.SwitchingProtocols) return (await answer.Content.ReadAsStreamAsync(cancellationToken), remote, null);
        using (answer) return (null, null, await PeerRefusal.ReadAsync(answer, ErrorCode.RouterError, cancellationToken));
    }

    /// <summary>What is under a path of the peer, at most that many bytes, over a connection of its own, which leads to this very address if one is given.</summary>
    public async Task<byte[]> GetOnceAsync(PeerEndpoint peer, string path, IPAddress? only, int maxBytes, CancellationToken cancellationToken)
    {
        using var once = new HttpMessageInvoker(Handler(async (_, connecting) => (await OpenAsync(peer, connecting, only)).Stream));
        using var message = Message(HttpMethod.Get, peer, path);
        using var answer = await once.SendAsync(message, cancellationToken);
        await using var body = new BoundedStream(await answer.Content.ReadAsStreamAsync(cancellationToken), maxBytes);
        using var all = new MemoryStream();
        await body.CopyToAsync(all, cancellationToken);
        return all.ToArray();
    }

    public void Dispose() => http.Dispose();

    /// <summary>
    /// Written for a made-up host, over "http": the handler keeps one pool of connections for each, and connecting, TLS included,
    /// is <see cref="OpenAsync(PeerEndpoint, CancellationToken, IPAddress?)"/>'s. The peer sees its own name.
    /// </summary>
    private static HttpRequestMessage Message(HttpMethod method, PeerEndpoint peer, string path)
    {
        var pool = string.Create(CultureInfo.InvariantCulture, $"http://{peer.ConnectionName}:{peer.Base.Port}{peer.Base.AbsolutePath}{path}");
        var message = new HttpRequestMessage(method, pool);
        message.Headers.Host = peer.Base.Authority;
        message.Options.Set(Endpoint, peer);
        return message;
    }

    private static SocketsHttpHandler Handler(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect) => new()
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
        ConnectCallback = connect,
    };

    private async Task<(Stream Stream, IPEndPoint Peer)> OpenAsync(PeerEndpoint peer, CancellationToken cancellationToken, IPAddress? only = null)
    {
        var stream = await OpenAsync(peer.Base.IdnHost, peer.Base.Port, peer.Named ? PrivateNetworks.Lan : privateNetworks, cancellationToken, only);
        var remote = (IPEndPoint)stream.Socket.RemoteEndPoint!;
        return (peer.Base.Scheme == Uri.UriSchemeHttps ? await EncryptAsync(stream, peer, cancellationToken) : stream, remote);
    }

    private static async Task<NetworkStream> OpenAsync(string host, int port, PrivateNetworks privateNetworks, CancellationToken cancellationToken, IPAddress? only = null)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        if (addresses.Length == 0 || !Array.TrueForAll(addresses, address => AddressPolicy.Allows(address, privateNetworks)))
            throw new BlockedAddressException();
        if (only is not null) addresses = Array.Exists(addresses, address => address.MapToIPv6().Equals(only.MapToIPv6())) ? [only] : throw new BlockedAddressException();

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> EncryptAsync(Stream stream, PeerEndpoint peer, CancellationToken cancellationToken)
    {
        var encrypted = new SslStream(stream);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = peer.Base.DnsSafeHost,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
        };
        if (peer.TlsSpki is { Count: > 0 } pins)
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => CertificatePin.Fits(certificate, pins);
        try
        {
            await encrypted.AuthenticateAsClientAsync(options, cancellationToken);
            return encrypted;
        }
        catch
        {
            await encrypted.DisposeAsync();
            throw;
        }
    }
}
