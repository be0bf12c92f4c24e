using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Trust;

/// <summary>
/// How trust flows from the roots along follows. Pure: a graph in, points out. A follow by a root brings <see cref="Edge"/>. Half of what
/// reaches a key stays there as its points, the other half is shared out evenly among those it follows. So all points inside any set of
/// keys together are at most one edge for each follow that comes from outside, whatever they do among themselves: free keys
/// following each other gain nothing.
/// </summary>
/// <remarks>Integers that only round down, so that no rounding adds up to trust. Two passes: mutes and reports weigh what their author has after the first.</remarks>
internal sealed class TrustFlow
{
    /// <summary>Amounts are thousandths of a point.</summary>
    public const long PerPoint = 1000;

    /// <summary>The most one follow can bring, and the most that can reach one key.</summary>
    public const long Edge = TrustSnapshot.Full * PerPoint;

    /// <summary>A share below a tenth of a point is not followed: who follows thousands vouches for none of them.</summary>
    private const long LeastShare = PerPoint / 10;

    private readonly TrustGraph graph;
    private readonly TrustSources sources;
    private readonly HashSet<Hex32> keptOut;
    private readonly List<Hex32> keys = [];
    private readonly Dictionary<Hex32, int> index = [];
    private readonly List<int> edges = [];
    private readonly int roots;
    private Place[] places = new Place[64];

    private TrustFlow(TrustGraph graph, TrustSources sources)
    {
        this.graph = graph;
        this.sources = sources;
        Muted = [.. sources.Roots.SelectMany(root => graph.Find(root)?.Denied ?? []).Except(sources.Followed)];
        keptOut = [.. sources.KeptOut, .. Muted];
        foreach (var root in sources.Roots) PlaceOf(root);
        roots = keys.Count;
    }

    /// <summary>Whom the roots mute or report; what the operator's options follow stays.</summary>
    public HashSet<Hex32> Muted { get; }

    /// <summary>Whether a root follows anybody.</summary>
    public bool HasWeb { get; private set; }

    /// <summary>Every key that trust may reach; the roots first.</summary>
    public IReadOnlyList<Hex32> Keys => keys;

    public static TrustFlow Over(TrustGraph graph, TrustSources sources)
    {
        var flow = new TrustFlow(graph, sources);
        flow.Spread();
        if (flow.Deny()) flow.Spread();
        return flow;
    }

    public bool IsRoot(Hex32 key) => index.TryGetValue(key, out var at) && at < roots;

    public bool Reaches(Hex32 key) => index.ContainsKey(key);

    /// <summary>Whether what the key says of others counts: roots, and those close enough for trust to flow on.</summary>
    public bool Speaks(Hex32 key) => index.TryGetValue(key, out var at) && (at < roots || places[at].Speaks);

    /// <summary>Those who speak: the roots, then the most trusted first.</summary>
    public IEnumerable<Hex32> Authors() => keys.Take(roots).Concat(Enumerable.Range(roots, keys.Count - roots)
        .Where(at => places[at].Speaks).OrderByDescending(at => places[at].Reached).Select(at => keys[at]));

    /// <summary>Thousandths of a point that follows leave at the key.</summary>
    public long Vouched(Hex32 key) => index.TryGetValue(key, out var at) ? places[at].Reached / 2 : 0;

    /// <summary>Thousandths of a point that mutes and reports take from the key.</summary>
    public long Denied(Hex32 key) => index.TryGetValue(key, out var at) ? places[at].Denied : 0;

    /// <summary>Thousandths of a point that each follow by the key carries.</summary>
    public long ShareOf(Hex32 key) => !index.TryGetValue(key, out var at) ? 0 : at < roots ? Edge : places[at].Share;

    /// <summary>Whom a root follows: its signed list and, for the daemon's own key, the operator's options.</summary>
    public IEnumerable<Hex32> FollowsOf(Hex32 root) =>
        (graph.Find(root)?.Follows?.Keys ?? []).Union(root == sources.Roots[0] ? sources.Followed : []);

    private void Spread()
    {
        for (var at = 0; at < keys.Count; at++) places[at] = places[at] with { Reached = 0, Share = 0, Speaks = false, Arriving = 0 };
        foreach (var followed in sources.Followed) Bring(followed);
        foreach (var root in sources.Roots)
            foreach (var followed in graph.Find(root)?.Follows?.Keys ?? [])
                // The daemon's own key and its operator's options are one voice.
                if (root != sources.Roots[0] || !sources.Followed.Contains(followed)) Bring(followed);

        for (var step = 1; step <= sources.MaxDepth; step++)
        {
            var arrived = Enumerable.Range(roots, keys.Count - roots).Where(at => places[at].Arriving > 0).Select(at => (At: at, Amount: places[at].Arriving)).ToList();
            foreach (var (at, _) in arrived) places[at].Arriving = 0;
            // The most trusted first: when there is no room for all, theirs is what stays.
            foreach (var (at, amount) in arrived.OrderByDescending(one => one.Amount))
            {
                var taken = Math.Min(amount, Edge - places[at].Reached);
                places[at].Reached += taken;
                if (step < sources.MaxDepth) Pass(at, taken);
            }
        }
    }

    private void Bring(Hex32 followed)
    {
        HasWeb = true;
        if (!keptOut.Contains(followed) && PlaceOf(followed) is >= 0 and var at) places[at].Arriving += Edge;
    }

    private void Pass(int from, long amount)
    {
        var (start, end, listed) = Expand(from);
        var vouched = Math.Max(1, places[from].Reached / 2);
        // What mutes and reports took is not passed on either.
        var passed = amount / 2 * Math.Max(0, vouched - places[from].Denied) / vouched;
        var share = listed == 0 ? 0 : passed / listed;
        places[from].Speaks = true;
        if (share < LeastShare) return;
        places[from].Share += share;
        for (var edge = start; edge < end; edge++) places[edges[edge]].Arriving += share;
    }

    /// <summary>The places of those a key follows, looked up once for both passes; and how many it follows in all.</summary>
    private (int Start, int End, int Listed) Expand(int from)
    {
        var list = graph.Find(keys[from])?.Follows?.Keys ?? [];
        if (!places[from].Expanded)
        {
            var start = edges.Count;
            foreach (var followed in list)
                if (!keptOut.Contains(followed) && PlaceOf(followed) is >= 0 and var at && at >= roots) edges.Add(at);
            places[from] = places[from] with { Expanded = true, Start = start, End = edges.Count };
        }

        return (places[from].Start, places[from].End, list.Length);
    }

    /// <summary>Everybody's mutes and reports take half of what their author has; false when there are none.</summary>
    private bool Deny()
    {
        var any = false;
        for (var author = roots; author < keys.Count; author++)
        {
            if (!places[author].Speaks || graph.Find(keys[author]) is not { } said) continue;
            foreach (var subject in said.Denied)
            {
                if (!index.TryGetValue(subject, out var at) || at < roots) continue;
                places[at].Denied += places[author].Reached / 4;
                any = true;
            }
        }

        return any;
    }

    /// <summary>The key's place, -1 when there is no room for another key.</summary>
    private int PlaceOf(Hex32 key)
    {
        if (index.TryGetValue(key, out var at)) return at;
        if (keys.Count == TrustGraph.MaxKeys) return -1;
        if (keys.Count == places.Length) Array.Resize(ref places, places.Length * 2);
        index.Add(key, keys.Count);
        keys.Add(key);
        return keys.Count - 1;
    }

    /// <summary>What is known of one key.</summary>
    private record struct Place
    {
        public long Arriving, Reached, Share, Denied;
        public int Start, End;
        public bool Expanded, Speaks;
    }
}
