using System.Collections.Concurrent;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>The daemon's own relay without its sockets: takes events, keeps them, and passes them to whoever subscribed.</summary>
internal sealed class RelayHub(RelayLimits limits, TimeProvider clock)
{
    private readonly RelayStore store = new(limits);
    private readonly ConcurrentDictionary<RelaySession, bool> sessions = new();

    /// <summary>Raised for every verified event that was new here, on the thread that brought it.</summary>
    public event Action<NostrEvent>? Accepted;

    public RelayLimits Limits => limits;

    public int Connections => sessions.Count;

    public int StoredEvents => store.Count;

    /// <summary>Takes an event that nobody has checked yet; the answer is that of an OK frame.</summary>
    public (bool Accepted, string Message) Publish(NostrEvent candidate)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (RelayPolicy.Refuse(candidate, limits, now) is { } refusal) return (false, refusal);
        if (store.Contains(candidate.Id)) return (true, "duplicate: have this event");
        if (!candidate.HasOwnId()) return (false, "invalid: the id is not the hash of the event");
        if (!candidate.HasSignatureOfAuthor()) return (false, "invalid: the signature is wrong");
        if (NostrKinds.IsEphemeral(candidate.Kind))
            return PassOn(candidate) > 0 ? (true, "") : (false, "mute: no one was listening");
        if (store.Add(candidate, now) is { } answer) return (answer.StartsWith("duplicate:", StringComparison.Ordinal), answer);
        PassOn(candidate);
        return (true, "");
    }

    public IReadOnlyList<NostrEvent> Find(IReadOnlyList<NostrFilter> filters) => store.Find(filters, clock.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>Serves one client until it leaves, misbehaves or the daemon stops.</summary>
    public async Task ServeAsync(RelaySession session, CancellationToken stop)
    {
        sessions.TryAdd(session, true);
        try
        {
            await session.RunAsync(stop);
        }
        finally
        {
            sessions.TryRemove(session, out _);
        }
    }

    private int PassOn(NostrEvent value)
    {
        Accepted?.Invoke(value);
        return sessions.Keys.Count(session => session.Offer(value));
    }
}
