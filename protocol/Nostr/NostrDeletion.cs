using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FedAi.Protocol.Nostr;

/// <summary>A deletion request of NIP-09 (kind 5): which of its author's events are to go. Events of others are never meant, whatever it names.</summary>
public sealed class NostrDeletion
{
    private readonly NostrEvent request;
    private readonly HashSet<Hex32> ids = [];
    private readonly HashSet<string> addresses = new(StringComparer.Ordinal);

    private NostrDeletion(NostrEvent request)
    {
        this.request = request;
        foreach (var tag in request.Tags)
        {
            if (tag is ["e", var id, ..] && Hex32.TryParse(id, out var named)) ids.Add(named);
            else if (tag is ["a", var address, ..] && address.Contains($":{request.Author}:", StringComparison.Ordinal)) addresses.Add(address);
        }
    }

    public Hex32 Author => request.Author;

    /// <summary>Seconds; of an address only what is not newer goes.</summary>
    public long CreatedAt => request.CreatedAt;

    /// <summary>Reads a request; false when the event is none or names nothing of its author's.</summary>
    public static bool TryRead(NostrEvent source, [NotNullWhen(true)] out NostrDeletion? deletion)
    {
        deletion = source.Kind == NostrKinds.Deletion ? new NostrDeletion(source) : null;
        if (deletion is { ids.Count: 0, addresses.Count: 0 }) deletion = null;
        return deletion is not null;
    }

    /// <summary>Whether this event is to go.</summary>
    public bool Covers(NostrEvent other) =>
        other.Author == Author && other.Kind != NostrKinds.Deletion && (ids.Contains(other.Id) || Covers(other.Kind, other.TagValue("d") ?? "", other.CreatedAt));

    /// <summary>Whether what its author said under this address at this time is to go.</summary>
    public bool Covers(int kind, string address, long createdAt) =>
        createdAt <= CreatedAt && addresses.Contains(string.Create(CultureInfo.InvariantCulture, $"{kind}:{Author}:{address}"));

    /// <summary>Whether the event with this id is to go; the caller knows that it is of the same author.</summary>
    public bool Covers(Hex32 id) => ids.Contains(id);
}
