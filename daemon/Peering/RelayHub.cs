using System.Collections.Concurrent;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>The daemon's own relay without its sockets: takes events, keeps them, and passes them to whoever subscribed.</summary>
internal sealed class RelayHub(RelayLimits limits, TimeProvider clock, RelayWriters? writers = null)
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
        if (writers?.Refuse(candidate.Author) is { } unwanted) return (false, unwanted);
        if (store.Contains(candidate.Id)) return (true, "duplicate: have this event");
        if (!candidate.HasOwnId()) return (false, "invalid: the id is not the hash of the event");
        if (!candidate.HasSignatureOfAuthor()) return (false, "invalid: the signature is wrong");
        if (NostrKinds.IsEphemeral(candidate.Kind))
            return PassOn(candidate) > 0 ? (true, "") : (false, "mute: no one was listening");
        if (store.Add(candidate, now, IsStranger(candidate)) is { } answer) return (answer.StartsWith("duplicate:", StringComparison.Ordinal), answer);
        PassOn(candidate);
        return (true, "");
    }

    /// <summary>Keeps an event that came in elsewhere and was verified there, and passes it on; one that does not belong here is left out.</summary>
    public void Keep(NostrEvent verified)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (RelayPolicy.Refuse(verified, limits, now) is null && store.Add(verified, now, IsStranger(verified)) is null) Offer(verified);
    }

    public IReadOnlyList<NostrEvent> Find(IReadOnlyList<NostrFilter> filters) => store.Find(filters, clock.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>The same, and how often a stored event was held against a filter.</summary>
    public IReadOnlyList<NostrEvent> Find(IReadOnlyList<NostrFilter> filters, out int cost) => store.Find(filters, clock.GetUtcNow().ToUnixTimeSeconds(), out cost);

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

    /// <summary>Completes when every client has been sent what waits for it now.</summary>
    public Task SentAsync(CancellationToken stop) => Task.WhenAll(sessions.Keys.Select(session => session.SentAsync(stop)));

    private int PassOn(NostrEvent value)
    {
        Accepted?.Invoke(value);
        return Offer(value);
    }

    private int Offer(NostrEvent value) => sessions.Keys.Count(session => session.Offer(value));

    private bool IsStranger(NostrEvent value) => writers?.IsStranger(value.Author) == true;
}
