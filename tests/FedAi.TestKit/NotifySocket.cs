using System.Net.Sockets;
using System.Text;

namespace FedAi.TestKit;

/// <summary>The receiving end of sd_notify: what systemd would be told, so that a test knows the moment a daemon is ready.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public NotifySocket()
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"fedai-notify-{Guid.CreateVersion7():N}");
        socket.Bind(new UnixDomainSocketEndPoint(Path));
    }

    /// <summary>For the environment variable NOTIFY_SOCKET.</summary>
    public string Path { get; }

    /// <summary>The next message; some are of several lines.</summary>
    public async Task<string> NextAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        var length = await socket.ReceiveAsync(buffer, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    /// <summary>Waits for the message that holds the line <c>READY=1</c>.</summary>
    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        while (!(await NextAsync(cancellationToken)).Split('\n').Contains("READY=1"))
        {
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        File.Delete(Path);
    }
}
