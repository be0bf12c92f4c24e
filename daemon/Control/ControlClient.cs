using System.Net;
using System.Net.Sockets;

namespace FedAi.Daemon.Control;

/// <summary>Asks the daemon that runs on a data folder, over its control socket.</summary>
internal sealed class ControlClient : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient http;

    public ControlClient(string dataFolder)
    {
        var path = ControlSocket.PathFor(dataFolder);
        http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        })
        { BaseAddress = new Uri("http://fedai/"), Timeout = Timeout };
    }

    /// <summary>The JSON under a path; null when no daemon runs there.</summary>
    public async Task<string?> GetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
            if (answer.StatusCode == HttpStatusCode.NotFound) throw new HttpRequestException($"the running fedai does not know {path}: it is of another version");
            return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.InnerException is SocketException)
        {
            return null;
        }
    }

    /// <summary>Tells the daemon to do something: whether it did, and its JSON; null when no daemon runs there.</summary>
    public async Task<(bool Ok, string Json)?> PostAsync(string path, byte[] json, CancellationToken cancellationToken)
    {
        try
        {
            using var body = new ByteArrayContent(json);
            using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), body, cancellationToken);
            return (answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (HttpRequestException exception) when (exception.InnerException is SocketException)
        {
            return null;
        }
    }

    public void Dispose() => http.Dispose();
}
