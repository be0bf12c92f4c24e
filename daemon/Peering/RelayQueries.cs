using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
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

    private static readonly ControlMessageType[] Wanted = [ControlMessageType.CapsAnnounce, ControlMessageType.PriceAnnounce, ControlMessageType.StatusAnnounce];

    /// <summary>An allow list asks for nobody else. Those the operator named are asked for apart, so that no crowd of strangers pushes them over a relay's limit.</summary>
    public static IReadOnlyList<NostrFilter> For(PeerLists lists)
    {
        if (lists.Allow.Count > 0) return [Announcements(Wanted, lists.Allow), Deletions(lists.Allow)];
        NostrFilter[] open = [.. Wanted.Select(type => Announcements([type], authors: null)), Deletions(authors: null)];
        var named = lists.Follow.Concat(lists.Named).ToHashSet();
        return named.Count == 0 ? open : [Announcements(Wanted, named), .. open];
    }

    private static NostrFilter Announcements(ControlMessageType[] types, IReadOnlySet<PublicKey>? authors) =>
        Filter(types.Select(FedAiKinds.KindOf), "t", types.Select(FedAiKinds.TagOf), authors);

    private static NostrFilter Deletions(IReadOnlySet<PublicKey>? authors) =>
        Filter([NostrKinds.Deletion], "k", Wanted.Select(type => FedAiKinds.KindOf(type).ToString(System.Globalization.CultureInfo.InvariantCulture)), authors);

    private static NostrFilter Filter(IEnumerable<int> kinds, string tag, IEnumerable<string> values, IReadOnlySet<PublicKey>? authors) => new()
    {
        Kinds = kinds.ToHashSet(),
        Tags = new Dictionary<string, IReadOnlySet<string>> { [tag] = values.ToHashSet(StringComparer.Ordinal) },
        Authors = authors?.Select(Hex32.From).ToHashSet(),
        Limit = StoredEvents,
    };
}
