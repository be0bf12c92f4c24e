using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Threading.Channels;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>One client of the daemon's own relay: what it subscribed to and what waits for it; what it may ask it shares with all of its address.</summary>
internal sealed class RelaySession(WebSocket socket, RelayHub hub, RelayOrigin origin) : IDisposable
{
    private const int ReadBytes = 8 * 1024;

    private readonly RelayLimits limits = hub.Limits;
    private readonly ConcurrentDictionary<string, IReadOnlyList<NostrFilter>> subscriptions = new();
    private readonly Channel<(byte[] Frame, TaskCompletionSource? Sent)> unread = Channel.CreateUnbounded<(byte[], TaskCompletionSource?)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim sending = new(1, 1);
    private long unreadBytes;

    /// <summary>Talks to the client until it leaves, misbehaves or <paramref name="stop"/> ends it.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var passing = PassOnAsync(ending.Token);
        try
        {
            while (await ReceiveAsync(ending.Token) is { } frame) await HandleAsync(frame, ending.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            socket.Abort();
        }
        finally
        {
            await ending.CancelAsync();
            await passing;
            unread.Writer.TryComplete();
            while (unread.Reader.TryRead(out var left)) left.Sent?.TrySetResult();
        }
    }

    public void Dispose() => sending.Dispose();

    /// <summary>Passes a live event on if a subscription wants it; whoever leaves too much unread is cut off. From any thread; never waits.</summary>
    public bool Offer(NostrEvent value)
    {
        var wanted = false;
        foreach (var (id, filters) in subscriptions)
        {
            if (!filters.Any(filter => filter.Matches(value))) continue;
            wanted = true;
            var frame = RelayFrame.WriteEvent(id, value);
            if (Interlocked.Add(ref unreadBytes, frame.Length) > limits.MaxUnreadBytes) socket.Abort();
            else unread.Writer.TryWrite((frame, null));
        }

        return wanted;
    }

    /// <summary>Completes when the client has been sent what waits for it now, or has left.</summary>
    public Task SentAsync(CancellationToken stop)
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return unread.Writer.TryWrite(([], sent)) ? sent.Task.WaitAsync(stop) : Task.CompletedTask;
    }

    private async Task PassOnAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var (frame, sent) in unread.Reader.ReadAllAsync(stop))
            {
                if (frame.Length > 0) await SendAsync(frame, stop);
                Interlocked.Add(ref unreadBytes, -frame.Length);
                sent?.TrySetResult();
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            socket.Abort();
        }
    }

    /// <summary>The next frame, or null when the connection ends.</summary>
    private async Task<byte[]?> ReceiveAsync(CancellationToken stop)
    {
        var frame = new ArrayBufferWriter<byte>(256);
        while (true)
        {
            var part = await socket.ReceiveAsync(frame.GetMemory(ReadBytes), stop);
            if (part.MessageType is WebSocketMessageType.Close)
            {
                await CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", stop);
                return null;
            }

            frame.Advance(part.Count);
            if (frame.WrittenCount > limits.MaxFrameBytes)
            {
                PeeringMetrics.Count(IngestVerdict.TooLarge);
                await CloseAsync(WebSocketCloseStatus.MessageTooBig, $"frames may have {limits.MaxFrameBytes} bytes", stop);
                return null;
            }

            if (part.EndOfMessage) return frame.WrittenSpan.ToArray();
        }
    }

    private async Task HandleAsync(byte[] received, CancellationToken stop)
    {
        if (!ClientFrame.TryParse(received, limits.MaxFrameBytes, out var frame))
        {
            await SendAsync(RelayFrame.WriteNotice("invalid: not a frame of NIP-01"), stop);
            if (!origin.TryTake()) await CloseAsync(WebSocketCloseStatus.PolicyViolation, "rate-limited: too many malformed frames", stop);
            return;
        }

        switch (frame.Type)
        {
            case ClientFrameType.Event:
                await SendAsync(AnswerEvent(frame.Event), stop);
                break;
            case ClientFrameType.Req:
                await AnswerReqAsync(frame, stop);
                break;
            case ClientFrameType.Close:
                subscriptions.TryRemove(frame.Subscription, out _);
                break;
        }
    }

    private byte[] AnswerEvent(NostrEvent? candidate)
    {
        if (candidate is null) return RelayFrame.WriteNotice("invalid: the event is malformed");
        var (accepted, message) = origin.TryTake() ? hub.Publish(candidate) : (false, "rate-limited: slow down");
        return RelayFrame.WriteOk(candidate.Id, accepted, message);
    }

    private async Task AnswerReqAsync(ClientFrame frame, CancellationToken stop)
    {
        if (Refuse(frame) is { } refusal)
        {
            subscriptions.TryRemove(frame.Subscription, out _);
            await SendAsync(RelayFrame.WriteClosed(frame.Subscription, refusal), stop);
            return;
        }

        // Subscribed before looking, so that nothing falls between; a live event may then come twice.
        subscriptions[frame.Subscription] = frame.Filters!;
        var found = hub.Find(frame.Filters!, out var cost);
        origin.Pay(cost);
        foreach (var stored in found) await SendAsync(RelayFrame.WriteEvent(frame.Subscription, stored), stop);
        await SendAsync(RelayFrame.WriteEose(frame.Subscription), stop);
    }

    private string? Refuse(ClientFrame frame) =>
        frame.Subscription.Length == 0 || frame.Subscription.Length > limits.MaxSubscriptionIdLength ? $"invalid: a subscription's name has 1 to {limits.MaxSubscriptionIdLength} characters"
        : frame.Filters is null ? "unsupported: a filter is malformed or has an unknown member"
        : frame.Filters.Count > limits.MaxFilters ? $"restricted: at most {limits.MaxFilters} filters"
        : subscriptions.Count >= limits.MaxSubscriptions && !subscriptions.ContainsKey(frame.Subscription) ? $"restricted: at most {limits.MaxSubscriptions} subscriptions"
        : origin.TryTake(frame.Filters.Count) ? null
        : "rate-limited: slow down";

    /// <summary>One frame at a time; a client that does not read it in time is cut off.</summary>
    private async Task SendAsync(byte[] frame, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(limits.SendTimeout);
        await sending.WaitAsync(patience.Token);
        try
        {
            await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, patience.Token);
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string reason, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(limits.SendTimeout);
        await sending.WaitAsync(patience.Token);
        try
        {
            await socket.CloseOutputAsync(status, reason, patience.Token);
        }
        finally
        {
            sending.Release();
        }
    }
}
