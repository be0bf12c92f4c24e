using FedAi.Daemon.Trust;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>
/// What is asked of every relay: announcements of routers, and what their authors take back. Pure. By kind and by type, because other
/// software uses the kinds too; authors as hex; without since, because relays keep the newest of each address (DECISIONS E14).
/// </summary>
internal static class RelayQueries
{
    /// <summary>More than the routers one daemon remembers would not help; relays cap at 500 anyway.</summary>
    private const int StoredEvents = 500;

    /// <summary>Authors in one filter: two filters with so many stay below half of a relay's frame of 64 KiB.</summary>
    private const int MaxAuthors = 200;

    private static readonly ControlMessageType[] Wanted = [ControlMessageType.CapsAnnounce, ControlMessageType.PriceAnnounce, ControlMessageType.StatusAnnounce];

    /// <summary>
    /// An allow list asks for nobody else, nor does a web of trust unless it is large. Else those that are trusted are asked for apart, so that no
    /// crowd of strangers pushes them over a relay's limit.
    /// </summary>
    public static IReadOnlyList<NostrFilter> For(TrustScores trust)
    {
        if (trust.Lists.Allow.Count > 0) return Only(trust.Lists.Allow.Select(Hex32.From).ToHashSet());
        NostrFilter[] open = [.. Wanted.Select(type => Announcements([type], authors: null)), Deletions(authors: null)];
        var trusted = trust.MostTrusted(MaxAuthors).ToHashSet();
        return trust.Filters && trusted.Count < MaxAuthors ? Only(trusted)
            : trusted.Count == 0 ? open
            : [Announcements(Wanted, trusted), .. open];
    }

    private static IReadOnlyList<NostrFilter> Only(IReadOnlySet<Hex32> authors) => [Announcements(Wanted, authors), Deletions(authors)];

    private static NostrFilter Announcements(ControlMessageType[] types, IReadOnlySet<Hex32>? authors) =>
        Filter(types.Select(FedAiKinds.KindOf), "t", types.Select(FedAiKinds.TagOf), authors);

    private static NostrFilter Deletions(IReadOnlySet<Hex32>? authors) =>
        Filter([NostrKinds.Deletion], "k", Wanted.Select(type => FedAiKinds.KindOf(type).ToString(System.Globalization.CultureInfo.InvariantCulture)), authors);

    private static NostrFilter Filter(IEnumerable<int> kinds, string tag, IEnumerable<string> values, IReadOnlySet<Hex32>? authors) => new()
    {
        Kinds = kinds.ToHashSet(),
        Tags = new Dictionary<string, IReadOnlySet<string>> { [tag] = values.ToHashSet(StringComparer.Ordinal) },
        Authors = authors,
        Limit = StoredEvents,
    };
}
