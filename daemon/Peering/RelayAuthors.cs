using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Who has signed something lately, and how much of each kind. Only verified events are counted, so nobody can use up
/// another's share. Keeps the parsed keys too: finding a key's point is a seventh of a verification. From any thread.
/// </summary>
internal sealed class RelayAuthors(TimeProvider clock, FilterRateOptions rate)
{
    /// <summary>Authors times kinds kept, in each of two generations: about 4 MB each. Who is forgotten starts anew, which helps nobody.</summary>
    private const int Capacity = 16_384;

    private readonly TimeSpan window = TimeSpan.FromSeconds(rate.WindowSeconds);
    private readonly Lock gate = new();
    private Dictionary<(Hex32 Author, int Kind), Share> recent = [];
    private Dictionary<(Hex32 Author, int Kind), Share> older = [];

    /// <summary>The author's key when it signed an event of this kind lately, and whether its share is used up.</summary>
    public (PublicKey? Key, bool Spent) Find(Hex32 author, int kind)
    {
        lock (gate) return Find((author, kind)) is { } share ? (share.Key, share.Count >= rate.PerAuthor && !IsOver(share)) : (null, false);
    }

    /// <summary>Counts a verified event; false when there were too many.</summary>
    public bool TryTake(PublicKey author, int kind)
    {
        lock (gate)
        {
            var place = (Hex32.From(author), kind);
            if (Find(place) is not { } share) Keep(place, share = new Share(author, clock.GetTimestamp()));
            if (IsOver(share)) (share.Since, share.Count) = (clock.GetTimestamp(), 0);
            return share.Count < rate.PerAuthor && ++share.Count > 0;
        }
    }

    private bool IsOver(Share share) => clock.GetElapsedTime(share.Since) >= window;

    private Share? Find((Hex32, int) place)
    {
        if (recent.TryGetValue(place, out var share)) return share;
        if (!older.TryGetValue(place, out share)) return null;
        Keep(place, share);
        return share;
    }

    private void Keep((Hex32, int) place, Share share)
    {
        if (recent.Count >= Capacity)
        {
            (recent, older) = (older, recent);
            recent.Clear();
        }

        recent[place] = share;
    }

    private sealed class Share(PublicKey key, long since)
    {
        public PublicKey Key => key;
        public long Since { get; set; } = since;
        public int Count { get; set; }
    }
}
