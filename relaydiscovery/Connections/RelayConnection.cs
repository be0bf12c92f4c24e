using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Security.Authentication;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>One live WebSocket to a relay: whole frames in and out, each bounded in size and time. Every failure is a <see cref="RelayConnectionException"/>.</summary>
internal sealed class RelayConnection : IDisposable
{
    private const int ReadBytes = 16 * 1024;

    private readonly ClientWebSocket socket;
    private readonly RelayPoolOptions options;
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly byte[] buffer = new byte[ReadBytes];

    private RelayConnection(ClientWebSocket socket, RelayPoolOptions options, TimeSpan? clockAhead)
    {
        this.socket = socket;
        this.options = options;
        ClockAhead = clockAhead;
    }

    /// <summary>How far our clock is ahead of the relay's, if its handshake told the time.</summary>
    public TimeSpan? ClockAhead { get; }

    /// <param name="relay">Where to.</param>
    /// <param name="invoker">What opens the connection, and judges the address; null: whatever the system does, proxies included.</param>
    public static async Task<RelayConnection> ConnectAsync(Uri relay, HttpMessageInvoker? invoker, RelayPoolOptions options, TimeProvider clock, CancellationToken stop)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = options.PingInterval;
        socket.Options.KeepAliveTimeout = options.PingInterval;
        if (invoker is null && relay.IsLoopback) socket.Options.Proxy = null;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(options.ConnectTimeout);
            var asked = clock.GetUtcNow();
            await socket.ConnectAsync(relay, invoker, patience.Token);
            var ahead = RelayClock.Ahead(asked, clock.GetUtcNow(), DateOf(socket.HttpResponseHeaders));
            socket.HttpResponseHeaders = null;
            return new RelayConnection(socket, options, ahead);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            socket.Dispose();
            stop.ThrowIfCancellationRequested();
            throw new RelayConnectionException(Explain(e), e);
        }
    }

    /// <summary>
    /// Sends one frame. A relay that does not take it in time is given up. The caller may give up waiting for its turn, but a
    /// frame that is on its way is sent: cancelling it would end the connection for everybody.
    /// </summary>
    public async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        try
        {
            if (!await sending.WaitAsync(options.AnswerTimeout, stop)) throw new TimeoutException();
            using var patience = new CancellationTokenSource(options.AnswerTimeout);
            try
            {
                await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, patience.Token);
            }
            finally
            {
                sending.Release();
            }
        }
        catch (Exception e) when (e is WebSocketException or TimeoutException or ObjectDisposedException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            socket.Abort(); // half a frame may be out, so nothing can follow it
            throw new RelayConnectionException(e is WebSocketException or ObjectDisposedException ? "broke off" : "does not read", e);
        }
    }

    /// <summary>The next frame in memory of its own, or null for one that was too long (or binary) and was skipped. How long it may be is asked when it begins.</summary>
    public async Task<byte[]?> ReceiveAsync(Func<int> mostBytes, CancellationToken stop)
    {
        var frame = new ArrayBufferWriter<byte>();
        long received = 0;
        var maxBytes = 0;
        while (true)
        {
            ValueWebSocketReceiveResult part;
            try
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(), stop);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Cancelled or disposed though nobody stopped it: a send that failed meanwhile gave this connection up.
                stop.ThrowIfCancellationRequested();
                throw new RelayConnectionException("broke off", e);
            }

            if (part.MessageType is WebSocketMessageType.Close) throw new RelayConnectionException($"closed: {socket.CloseStatusDescription}");
            if (received == 0) maxBytes = mostBytes();
            received += part.Count;
            if (received > options.MaxSkippedBytes) throw new RelayConnectionException("sends endless frames");
            if (received <= maxBytes) frame.Write(buffer.AsSpan(0, part.Count));
            if (!part.EndOfMessage) continue;
            return received <= maxBytes && part.MessageType is WebSocketMessageType.Text ? frame.WrittenSpan.ToArray() : null;
        }
    }

    private static string Explain(Exception failure) => failure switch
    {
        OperationCanceledException => "no answer while connecting",
        _ when failure.GetBaseException() is AuthenticationException => "its certificate is not vouched for (unknown, expired or for another name), or the hash behind the relay's address (#…), which a self-made one needs, is not that of its key: fedai status at its router shows the right one",
        _ => failure.GetBaseException().Message,
    };

    private static DateTimeOffset? DateOf(IReadOnlyDictionary<string, IEnumerable<string>>? headers) =>
        headers?.GetValueOrDefault("Date")?.FirstOrDefault() is { } text && DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    public void Dispose()
    {
        socket.Dispose();
        sending.Dispose();
    }
}
