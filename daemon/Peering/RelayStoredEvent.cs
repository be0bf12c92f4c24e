using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>A verified event in the relay's memory, when it goes (s), and whether it gives way to those of known authors.</summary>
internal sealed record RelayStoredEvent(NostrEvent Event, long EndSeconds, bool Stranger)
{
    /// <summary>What a kind 5 asks for.</summary>
    public NostrDeletion? Deletion { get; } = NostrDeletion.TryRead(Event, out var deletion) ? deletion : null;

    /// <summary>NIP-01's order: later first, and of one second the lower id.</summary>
    public static IComparer<RelayStoredEvent> NewestFirst { get; } = Comparer<RelayStoredEvent>.Create((a, b) =>
        a.Event.CreatedAt != b.Event.CreatedAt
            ? b.Event.CreatedAt.CompareTo(a.Event.CreatedAt)
            : a.Event.Id.CompareTo(b.Event.Id));
}
