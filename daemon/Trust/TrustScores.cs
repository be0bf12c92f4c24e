using System.Collections.Frozen;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Trust;

/// <summary>Whom to believe: the operator's lists and the newest <see cref="TrustSnapshot"/>. Asked on hot paths, so it allocates nothing.</summary>
internal sealed class TrustScores
{
    private readonly WotOptions web;
    private volatile Named named;
    private volatile TrustSnapshot current = TrustSnapshot.Empty;
    private volatile TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TrustScores(PeerLists lists, WotOptions web)
    {
        this.web = web;
        named = new Named(lists);
    }

    /// <summary>Raised whenever other scores or lists are in force: who was let in before may be kept out now.</summary>
    public event Action? Changed;

    /// <summary>The operator's lists; they may change while the daemon runs.</summary>
    public PeerLists Lists
    {
        get => named.Lists;
        set
        {
            named = new Named(value);
            Tell();
            Changed?.Invoke();
        }
    }

    public int MinScore => web.MinScore;

    public TrustSnapshot Current => current;

    /// <summary>Whether keys below the least score are kept out: where there is a web of trust at all.</summary>
    public bool Filters => web.Enabled && current.HasWeb;

    /// <summary>Puts new scores in place of the old ones. For one thread at a time.</summary>
    public void Publish(TrustSnapshot next)
    {
        var (before, filtered) = (current, Filters);
        current = next;
        if (filtered != Filters || (Filters && next.Trusted(web.MinScore).Any(key => before.Of(key) < web.MinScore))) Tell();
        Changed?.Invoke();
    }

    /// <summary>Completes when, after this call, the filter came into force or ended, the lists changed or a key gained what it needs to be heard.</summary>
    public Task NextChange() => news.Task;

    /// <summary>Keys that are heard while strangers are not: whom the operator named, then the most trusted.</summary>
    public IEnumerable<Hex32> MostTrusted(int most) =>
        named.Known.Concat(current.Trusted(web.MinScore).Where(key => !named.Known.Contains(key)).OrderByDescending(current.Of)).Where(key => Judge(key) is PeerStanding.Known or PeerStanding.Trusted).Take(most);

    public PeerStanding Judge(PublicKey key) => Judge(Hex32.From(key));

    /// <summary>Block beats mute beats allow beats everything else; whom the operator named himself needs no score.</summary>
    public PeerStanding Judge(Hex32 key)
    {
        var (scores, lists) = (current, named);
        return lists.Blocked.Contains(key) ? PeerStanding.Blocked
            : lists.Muted.Contains(key) || scores.Mutes(key) ? PeerStanding.Muted
            : lists.Allowed.Count > 0 && !lists.Allowed.Contains(key) ? PeerStanding.NotAllowed
            : lists.Known.Contains(key) ? PeerStanding.Known
            : scores.Of(key) >= web.MinScore ? PeerStanding.Trusted
            : web.Enabled && scores.HasWeb ? PeerStanding.Distrusted
            : PeerStanding.Stranger;
    }

    /// <summary>Whether the operator named the key or the web of trust vouches for it: where room is short, all others give way.</summary>
    public bool Vouches(Hex32 key) => Judge(key) is PeerStanding.Known or PeerStanding.Trusted;

    /// <summary>Whether the operator's lists or the web of trust keep the key out.</summary>
    public bool KeepsOut(PublicKey key) => Judge(key) is PeerStanding.Blocked or PeerStanding.Muted or PeerStanding.NotAllowed or PeerStanding.Distrusted;

    private void Tell()
    {
        var told = Interlocked.Exchange(ref news, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        told.SetResult();
    }

    /// <summary>The lists as they are looked up.</summary>
    private sealed class Named(PeerLists lists)
    {
        public PeerLists Lists { get; } = lists;
        public FrozenSet<Hex32> Allowed { get; } = Keys(lists.Allow);
        public FrozenSet<Hex32> Known { get; } = Keys(lists.Allow.Concat(lists.Follow).Concat(lists.Named));
        public FrozenSet<Hex32> Muted { get; } = Keys(lists.Mute);
        public FrozenSet<Hex32> Blocked { get; } = Keys(lists.Block);

        private static FrozenSet<Hex32> Keys(IEnumerable<PublicKey> keys) => keys.Select(Hex32.From).ToFrozenSet();
    }
}
