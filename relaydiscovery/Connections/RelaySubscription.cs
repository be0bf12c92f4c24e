using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using FedAi.Protocol.Nostr;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>Filters that stay open at every relay of the pool, and the events that come in. Not verified yet; copies from several relays included. Disposing closes it.</summary>
public sealed class RelaySubscription : IAsyncDisposable
{
    private readonly RelayPool pool;
    private readonly ConcurrentDictionary<Uri, bool> awaited;
    private readonly TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal RelaySubscription(string id, IReadOnlyList<NostrFilter> filters, IReadOnlySet<int> longKinds, RelayPool pool, IEnumerable<Uri> relays)
    {
        Id = id;
        Filters = filters;
        LongKinds = longKinds;
        this.pool = pool;
        Events = new RelayedEvents(pool.Options.QueuedEvents, pool.Options.QueuedBytes);
        awaited = new(relays.Select(relay => KeyValuePair.Create(relay, true)));
        if (awaited.IsEmpty) settled.TrySetResult();
    }

    public string Id { get; }

    public IReadOnlyList<NostrFilter> Filters { get; }

    /// <summary>Kinds whose events may be as long as <see cref="RelayPoolOptions.MaxLongFrameBytes"/>.</summary>
    public IReadOnlySet<int> LongKinds { get; }

    /// <summary>Everything, stored and live. Whoever reads slowly loses the oldest.</summary>
    public RelayedEvents Events { get; }

    /// <summary>What the relays have stored: ends when each relay said so, refused or could not be reached, at the latest after <paramref name="patience"/>.</summary>
    public async IAsyncEnumerable<RelayedEvent> ReadStoredAsync(TimeSpan patience, [EnumeratorCancellation] CancellationToken stop)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(patience);
        var done = settled.Task.WaitAsync(late.Token);
        while (true)
        {
            // Asked before draining, so that the last event is not missed. The token too: of two waits that it ends, the other may end first, and this loop would never let it end the second.
            var complete = done.IsCompleted || late.IsCancellationRequested;
            while (Events.TryRead(out var next)) yield return next;
            if (complete) break;
            await Task.WhenAny(done, Events.WaitAsync(late.Token));
        }

        await late.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }

    /// <summary>Closes it at every relay; nothing comes in any more.</summary>
    public async ValueTask DisposeAsync() => await pool.CloseAsync(this);

    internal bool Wants(NostrEvent candidate)
    {
        foreach (var filter in Filters)
            if (filter.Matches(candidate)) return true;
        return false;
    }

    /// <summary>The relay has nothing more stored for us, or will not tell.</summary>
    internal void Settle(Uri relay)
    {
        awaited.TryRemove(relay, out _);
        if (awaited.IsEmpty) settled.TrySetResult();
    }
}
