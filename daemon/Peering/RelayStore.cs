using System.Collections.Immutable;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>
/// The events the daemon's own relay keeps, in memory: the newest per address, each until its end, bounded in number,
/// bytes and per author. When it is full, strangers' events give way to those of known authors, oldest first; so a flood of free keys
/// fills only what nobody else wants. Losing them costs nothing that their authors do not send again.
/// </summary>
internal sealed class RelayStore(RelayLimits limits)
{
    // Fields, strings of tags and the index entries of one event, beside its bytes.
    private const int OverheadBytes = 1024;

    private static readonly IReadOnlySet<Hex32> Nobody = new HashSet<Hex32>();

    private readonly Lock gate = new();
    private readonly Dictionary<Hex32, RelayStoredEvent> byId = [];
    private readonly Dictionary<(Hex32 Author, int Kind, string Address), RelayStoredEvent> byAddress = [];
    private readonly Dictionary<Hex32, List<RelayStoredEvent>> byAuthor = [];
    private readonly SortedSet<RelayStoredEvent> strangers = new(RelayStoredEvent.NewestFirst);
    // Immutable, so that whoever looks through everything keeps nobody else waiting.
    private volatile ImmutableSortedSet<RelayStoredEvent> newestFirst = ImmutableSortedSet.Create(RelayStoredEvent.NewestFirst);
    private long bytes;

    public int Count
    {
        get
        {
            lock (gate) return byId.Count;
        }
    }

    public bool Contains(Hex32 id)
    {
        lock (gate) return byId.ContainsKey(id);
    }

    /// <summary>Keeps a verified event. Null when kept, else the text for its author; the kept ones begin with <c>duplicate:</c>.</summary>
    public string? Add(NostrEvent value, long nowSeconds, bool stranger = false)
    {
        var added = new RelayStoredEvent(value, EndOf(value, nowSeconds, stranger), stranger);
        lock (gate)
        {
            if (byId.ContainsKey(value.Id)) return "duplicate: have this event";
            byAddress.TryGetValue(AddressOf(value), out var current);
            if (current is not null && RelayStoredEvent.NewestFirst.Compare(current, added) < 0) return "duplicate: have a newer one";
            var others = byAuthor.GetValueOrDefault(value.Author) ?? [];
            if (others.Any(other => other.Deletion?.Covers(value) == true)) return "blocked: its author asked for it to be deleted";
            if (current is null && others.Count >= limits.MaxStoredPerAuthor) return $"rate-limited: {limits.MaxStoredPerAuthor} events of one author are kept";
            if (current is null && IsFull(added)) RemoveExpired(nowSeconds);
            while (current is null && !stranger && IsFull(added) && strangers.Max is { } oldest) Remove(oldest);
            if (current is null && IsFull(added)) return "error: the relay is full, try later";
            if (current is not null) Remove(current);
            if (added.Deletion is { } deletion)
                foreach (var gone in others.Where(other => deletion.Covers(other.Event)).ToList()) Remove(gone);
            Insert(added);
            return null;
        }
    }

    /// <summary>Stored events that match any filter, newest first, each filter within its limit and ours.</summary>
    public IReadOnlyList<NostrEvent> Find(IReadOnlyList<NostrFilter> filters, long nowSeconds) => Find(filters, nowSeconds, out _);

    /// <summary>The same, and what it cost: how often a stored event was held against a filter.</summary>
    public IReadOnlyList<NostrEvent> Find(IReadOnlyList<NostrFilter> filters, long nowSeconds, out int cost)
    {
        var asked = filters.Where(filter => filter.Limit is not <= 0).ToList();
        var left = asked.Select(filter => Math.Min(filter.Limit ?? limits.MaxResults, limits.MaxResults)).ToArray();
        var open = left.Length;
        var isNamed = asked.TrueForAll(filter => (filter.Ids ?? filter.Authors) is not null);
        IReadOnlyCollection<RelayStoredEvent> candidates = isNamed ? Named(asked) : newestFirst;
        cost = isNamed ? candidates.Count * asked.Count : 0;
        var found = new List<NostrEvent>();
        foreach (var stored in candidates)
        {
            if (open == 0) break;
            if (!isNamed) cost += asked.Count;
            if (stored.EndSeconds <= nowSeconds) continue;
            var wanted = false;
            for (var i = 0; i < left.Length; i++)
            {
                if (left[i] == 0 || !asked[i].Matches(stored.Event)) continue;
                if (--left[i] == 0) open--;
                wanted = true;
            }

            if (wanted) found.Add(stored.Event);
        }

        return found;
    }

    /// <summary>The events that filters ask for by id or by author, newest first; sorted where it keeps nobody waiting.</summary>
    private List<RelayStoredEvent> Named(List<NostrFilter> filters)
    {
        var ids = filters.SelectMany(filter => filter.Ids ?? Nobody).ToHashSet();
        var authors = filters.Where(filter => filter.Ids is null).SelectMany(filter => filter.Authors!).ToHashSet();
        List<RelayStoredEvent> named;
        lock (gate)
        {
            named = [.. authors.SelectMany(author => byAuthor.GetValueOrDefault(author) ?? []), .. ids.Select(id => byId.GetValueOrDefault(id)).OfType<RelayStoredEvent>().Where(stored => !authors.Contains(stored.Event.Author))];
        }

        named.Sort(RelayStoredEvent.NewestFirst);
        return named;
    }

    private long EndOf(NostrEvent value, long nowSeconds, bool stranger) =>
        Math.Min(RelayPolicy.EndSeconds(value), nowSeconds + (stranger ? limits.StrangerRetentionSeconds : limits.RetentionSeconds));

    /// <summary>Ordinary events replace nothing, so their address is their id.</summary>
    private static (Hex32, int, string) AddressOf(NostrEvent value) =>
        NostrKinds.IsAddressable(value.Kind) ? (value.Author, value.Kind, value.TagValue("d") ?? "")
        : NostrKinds.IsReplaceable(value.Kind) ? (value.Author, value.Kind, "")
        : (value.Id, value.Kind, "");

    private bool IsFull(RelayStoredEvent added) =>
        byId.Count >= limits.MaxStoredEvents || bytes + SizeOf(added) > limits.MaxStoredBytes;

    private void RemoveExpired(long nowSeconds)
    {
        foreach (var stored in byId.Values.Where(stored => stored.EndSeconds <= nowSeconds).ToList()) Remove(stored);
    }

    private void Insert(RelayStoredEvent stored)
    {
        byId.Add(stored.Event.Id, stored);
        byAddress.Add(AddressOf(stored.Event), stored);
        newestFirst = newestFirst.Add(stored);
        if (stored.Stranger) strangers.Add(stored);
        if (!byAuthor.TryGetValue(stored.Event.Author, out var others)) byAuthor[stored.Event.Author] = others = [];
        others.Add(stored);
        bytes += SizeOf(stored);
    }

    private void Remove(RelayStoredEvent stored)
    {
        byId.Remove(stored.Event.Id);
        byAddress.Remove(AddressOf(stored.Event));
        newestFirst = newestFirst.Remove(stored);
        strangers.Remove(stored);
        if (byAuthor.TryGetValue(stored.Event.Author, out var others) && others.Remove(stored) && others.Count == 0) byAuthor.Remove(stored.Event.Author);
        bytes -= SizeOf(stored);
    }

    private static long SizeOf(RelayStoredEvent stored) => stored.Event.RetainedBytes + OverheadBytes;
}
