using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FedAi.Protocol.Nostr;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>Filters that stay open at every relay of the pool, and the events that come in. Not verified yet; copies from several relays included.</summary>
public sealed class RelaySubscription
{
    private readonly Channel<RelayedEvent> events;
    private readonly ConcurrentDictionary<Uri, bool> awaited;
    private readonly TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal RelaySubscription(string id, IReadOnlyList<NostrFilter> filters, int queuedEvents, IEnumerable<Uri> relays)
    {
        Id = id;
        Filters = filters;
        events = Channel.CreateBounded<RelayedEvent>(new BoundedChannelOptions(queuedEvents) { FullMode = BoundedChannelFullMode.Wait });
        awaited = new(relays.Select(relay => KeyValuePair.Create(relay, true)));
        if (awaited.IsEmpty) settled.TrySetResult();
    }

    public string Id { get; }

    public IReadOnlyList<NostrFilter> Filters { get; }

    /// <summary>Everything, stored and live. While it is full the relays' sockets are not read.</summary>
    public ChannelReader<RelayedEvent> Events => events.Reader;

    /// <summary>What the relays have stored: ends when each relay said so, refused or could not be reached, at the latest after <paramref name="patience"/>.</summary>
    public async IAsyncEnumerable<RelayedEvent> ReadStoredAsync(TimeSpan patience, [EnumeratorCancellation] CancellationToken stop)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(patience);
        var done = settled.Task.WaitAsync(late.Token);
        while (true)
        {
            var complete = done.IsCompleted; // asked before draining, so that the last event is not missed
            while (Events.TryRead(out var next)) yield return next;
            if (complete) break;
            await Task.WhenAny(done, Events.WaitToReadAsync(late.Token).AsTask());
        }

        await late.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }

    internal bool Wants(NostrEvent candidate) => Filters.Any(filter => filter.Matches(candidate));

    internal ValueTask DeliverAsync(RelayedEvent received, CancellationToken stop) => events.Writer.WriteAsync(received, stop);

    /// <summary>The relay has nothing more stored for us, or will not tell.</summary>
    internal void Settle(Uri relay)
    {
        awaited.TryRemove(relay, out _);
        if (awaited.IsEmpty) settled.TrySetResult();
    }
}
