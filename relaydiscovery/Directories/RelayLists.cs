using FedAi.Protocol.Nostr;

namespace FedAi.RelayDiscovery.Directories;

/// <summary>Relays that known peers use themselves: the newest valid list (kind 10002, NIP-65) of each.</summary>
public static class RelayLists
{
    /// <summary>NIP-65 advises two to four of each sort; more is no list but an attempt.</summary>
    private const int MostPerPeer = 20;

    public static NostrFilter FilterFor(IReadOnlySet<Hex32> peers) => new() { Kinds = new HashSet<int> { NostrKinds.RelayList }, Authors = peers };

    /// <param name="lists">Events from relays; not verified yet.</param>
    /// <param name="isPeer">Whose lists count.</param>
    public static IReadOnlyList<RelayClaim> Read(IEnumerable<NostrEvent> lists, Func<Hex32, bool> isPeer) =>
    [
        .. lists.Where(list => list.Kind == NostrKinds.RelayList && isPeer(list.Author))
            .OrderByDescending(list => list.CreatedAt)
            .GroupBy(list => list.Author)
            // Newest first; a forged newest one does not hide the real one.
            .Select(ofPeer => ofPeer.FirstOrDefault(list => list.Verify())).OfType<NostrEvent>()
            .SelectMany(list => list.Tags.Where(tag => tag is ["r", _, ..]).Take(MostPerPeer).Select(tag => (list.Author, Address: tag[1])))
            .Select(entry => RelayUrl.TryNormalize(entry.Address, out var relay) ? new RelayClaim(relay, $"the list of {entry.Author.ToString()[..8]}") : null)
            .OfType<RelayClaim>(),
    ];
}
