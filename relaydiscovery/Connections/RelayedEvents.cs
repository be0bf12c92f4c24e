using System.Runtime.CompilerServices;
using FedAi.Protocol.Nostr;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>
/// Events on their way from the relays to one reader. Each relay has its own room and its own turn: one that floods pushes out its
/// own oldest events and nobody else's, and no socket is ever held back. One reader, many writers.
/// </summary>
public sealed class RelayedEvents
{
    private readonly int mostEvents;
    private readonly int mostBytes;
    private readonly Lock gate = new();
    private readonly Dictionary<Uri, Room> rooms = [];
    private readonly Queue<Room> turns = new();
    private TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal RelayedEvents(int mostEvents, int mostBytes)
    {
        this.mostEvents = mostEvents;
        this.mostBytes = mostBytes;
    }

    /// <summary>Events that wait.</summary>
    public int Count
    {
        get
        {
            lock (gate) return rooms.Values.Sum(room => room.Events.Count);
        }
    }

    /// <summary>The next event, of the relay whose turn it is; false when none waits.</summary>
    public bool TryRead(out RelayedEvent next)
    {
        lock (gate)
        {
            next = default;
            if (!turns.TryDequeue(out var room)) return false;
            next = new RelayedEvent(room.Relay, room.Take());
            if (room.Events.Count > 0) turns.Enqueue(room);
            else rooms.Remove(room.Relay);
            return true;
        }
    }

    /// <summary>The next event; waits for it.</summary>
    public async ValueTask<RelayedEvent> ReadAsync(CancellationToken stop)
    {
        RelayedEvent next;
        while (!TryRead(out next)) await WaitAsync(stop);
        return next;
    }

    /// <summary>Everything, until told to stop.</summary>
    public async IAsyncEnumerable<RelayedEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken stop)
    {
        while (true) yield return await ReadAsync(stop);
    }

    /// <summary>Completes when something waits.</summary>
    internal Task WaitAsync(CancellationToken stop)
    {
        lock (gate)
        {
            if (turns.Count > 0) return Task.CompletedTask;
            if (arrived.Task.IsCompleted) arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return arrived.Task.WaitAsync(stop);
        }
    }

    /// <summary>Takes an event in; how many older ones of the same relay had to go.</summary>
    internal int Add(RelayedEvent received)
    {
        var dropped = 0;
        lock (gate)
        {
            if (!rooms.TryGetValue(received.Relay, out var room))
            {
                rooms[received.Relay] = room = new Room(received.Relay);
                turns.Enqueue(room);
            }

            room.Add(received.Event);
            for (; room.Events.Count > 1 && (room.Events.Count > mostEvents || room.Bytes > mostBytes); dropped++) room.Take();
            arrived.TrySetResult();
        }

        return dropped;
    }

    private sealed class Room(Uri relay)
    {
        public Uri Relay => relay;

        public Queue<NostrEvent> Events { get; } = new();

        public long Bytes { get; private set; }

        public void Add(NostrEvent value)
        {
            Events.Enqueue(value);
            Bytes += value.RetainedBytes;
        }

        public NostrEvent Take()
        {
            var value = Events.Dequeue();
            Bytes -= value.RetainedBytes;
            return value;
        }
    }
}
