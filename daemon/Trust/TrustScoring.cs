using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Trust;

/// <summary>The parts of every score put together: follows, mutes and reports, providers' ranks, own experience. Pure.</summary>
internal static class TrustScoring
{
    /// <summary>Paths that an explanation shows.</summary>
    private const int ShownPaths = 5;

    /// <param name="awaited">Named roots have not been asked yet whom they follow: until then strangers are kept out as if they followed somebody.</param>
    public static TrustSnapshot Snapshot(TrustGraph graph, TrustFlow flow, TrustSources sources, PeerExperience experience, bool awaited = false)
    {
        var ranks = Ranks(graph, sources);
        var keptOut = new HashSet<Hex32>([.. sources.KeptOut, .. flow.Muted]);
        var points = new Dictionary<Hex32, int>(flow.Keys.Count);
        foreach (var key in flow.Keys.Concat(ranks.Keys.Where(ranked => !flow.Reaches(ranked))))
            if (!keptOut.Contains(key) && Score(key, flow, ranks.GetValueOrDefault(key), experience, sources.MaxDepth) is > 0 and var score) points.Add(key, score);
        return new TrustSnapshot(points, flow.Muted, flow.HasWeb || ranks.Count > 0 || awaited);
    }

    public static TrustExplanation Explain(Hex32 key, TrustGraph graph, TrustFlow flow, TrustSources sources, PeerExperience experience, TrustScores scores)
    {
        var ranks = sources.Providers.SelectMany(provider => graph.Find(provider)?.Ranks.GetValueOrDefault(key) is { } said ? [(provider, said.Rank)] : Array.Empty<(Hex32, int)>()).ToList();
        var followers = Followers(key, graph, flow).OrderByDescending(follower => follower.Share).ToList();
        return new TrustExplanation
        {
            Key = key,
            Score = scores.Current.Of(key),
            Standing = scores.Judge(key),
            IsRoot = flow.IsRoot(key),
            Filters = scores.Filters,
            MinScore = scores.MinScore,
            Lists = ListsOf(key, scores.Lists),
            Vouched = Points(flow.Vouched(key)),
            Paths = [.. followers.Take(ShownPaths).Select(follower => new TrustPath(PathTo(follower.Key, graph, flow), Points(follower.Share / 2)))],
            MorePaths = Math.Max(0, followers.Count - ShownPaths),
            Denied = Points(flow.Denied(key)),
            Denials = [.. Denials(key, graph, flow)],
            Ranked = Points(TrustRules.Ranked([.. ranks.Select(said => said.Item2)])),
            Ranks = ranks,
            Experience = experience.Of(key),
            ExperiencePercent = TrustRules.ExperiencePercent(experience.Of(key), sources.MaxDepth),
        };
    }

    private static int Score(Hex32 key, TrustFlow flow, List<int>? ranks, PeerExperience experience, int maxDepth) => flow.IsRoot(key)
        ? TrustSnapshot.Full
        : TrustRules.Score(flow.Vouched(key), flow.Denied(key), TrustRules.Ranked(ranks ?? []), TrustRules.ExperiencePercent(experience.Of(key), maxDepth));

    private static Dictionary<Hex32, List<int>> Ranks(TrustGraph graph, TrustSources sources)
    {
        var ranks = new Dictionary<Hex32, List<int>>();
        foreach (var said in sources.Providers.SelectMany(provider => graph.Find(provider)?.Ranks.Values ?? Enumerable.Empty<TrustStatement>()))
        {
            if (!ranks.TryGetValue(said.Subject, out var list)) ranks.Add(said.Subject, list = []);
            list.Add(said.Rank);
        }

        return ranks;
    }

    private static IEnumerable<(Hex32 Key, long Share)> Followers(Hex32 key, TrustGraph graph, TrustFlow flow) =>
        from author in flow.Authors()
        let share = flow.ShareOf(author)
        where share > 0 && (flow.IsRoot(author) ? flow.FollowsOf(author).Contains(key) : graph.Find(author)?.Follows?.Keys.Contains(key) == true)
        select (author, share);

    /// <summary>Back to a root, each time by the follow that brings most; no key twice.</summary>
    private static List<Hex32> PathTo(Hex32 key, TrustGraph graph, TrustFlow flow)
    {
        var path = new List<Hex32> { key };
        while (!flow.IsRoot(path[0]) && Followers(path[0], graph, flow).Where(follower => !path.Contains(follower.Key)).OrderByDescending(follower => follower.Share).Select(follower => (Hex32?)follower.Key).FirstOrDefault() is { } before)
            path.Insert(0, before);
        return path;
    }

    private static IEnumerable<TrustDenial> Denials(Hex32 key, TrustGraph graph, TrustFlow flow) =>
        from author in flow.Authors()
        let said = graph.Find(author)
        let reports = said?.Reports.ContainsKey(key) == true
        where reports || said?.Mutes?.Keys.Contains(key) == true
        select new TrustDenial(author, reports, flow.IsRoot(author) ? TrustSnapshot.Full : Points(flow.Vouched(author) / 2));

    private static IReadOnlyList<string> ListsOf(Hex32 key, PeerLists lists)
    {
        if (!key.TryGetKey(out var named)) return [];
        return [.. new (string Name, IReadOnlySet<PublicKey> Keys)[]
        {
            ("filter.block", lists.Block), ("filter.mute", lists.Mute), ("filter.allow", lists.Allow), ("filter.follow", lists.Follow), ("this role's own options", lists.Named),
        }.Where(list => list.Keys.Contains(named)).Select(list => list.Name)];
    }

    private static double Points(long thousandths) => thousandths / (double)TrustFlow.PerPoint;
}
