using System.Globalization;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace FedAi.Daemon.Node;

/// <summary>Gives the HTTP server the connections that this node opened to routers, in the place of ones it would have accepted (DECISIONS E13).</summary>
internal sealed class ChannelListener : IConnectionListenerFactory, IConnectionListenerFactorySelector, IConnectionListener
{
    private readonly Channel<ConnectionContext> opened = Channel.CreateUnbounded<ConnectionContext>();
    private long count;

    public EndPoint EndPoint { get; private set; } = new ChannelEndPoint();

    public bool CanBind(EndPoint endpoint) => endpoint is ChannelEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        EndPoint = endpoint;
        return ValueTask.FromResult<IConnectionListener>(this);
    }

    /// <summary>Serves one connection until it ends; at once when the server has stopped.</summary>
    public async Task ServeAsync(Stream stream, IPEndPoint router, CancellationToken stop)
    {
        var connection = new ChannelConnection("router-" + Interlocked.Increment(ref count).ToString(CultureInfo.InvariantCulture), stream, router);
        if (!opened.Writer.TryWrite(connection))
        {
            await connection.DisposeAsync();
            return;
        }

        await using var stopping = stop.Register(() => connection.Abort(new ConnectionAbortedException()));
        await connection.Ended;
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await opened.Reader.WaitToReadAsync(cancellationToken) && opened.Reader.TryRead(out var connection) ? connection : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        opened.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();
}
