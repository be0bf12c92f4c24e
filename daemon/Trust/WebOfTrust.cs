using FedAi.Daemon.Store;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Trust;

/// <summary>
/// Keeps what trusted keys say of others, makes the scores of it and publishes them. It takes words only of authors that it wants: the
/// roots, pinned providers and keys near enough to a root, so strangers cannot fill it. Any thread, but not for hot paths.
/// </summary>
internal sealed class WebOfTrust(TrustScores scores, TrustSources sources, PeerExperience experience, TrustTable table, ExperienceTable experiences, TimeProvider time)
{
    /// <summary>How far ahead of our clock a statement may be, in seconds; one from the far future could never be replaced.</summary>
    private const int MaxSecondsAhead = 600;

    private readonly Lock gate = new();
    private readonly TrustGraph graph = new();
    private volatile TrustSources sources = sources;
    private TrustFlow flow = TrustFlow.Over(new TrustGraph(), sources);
    private volatile bool news;
    private bool awaited;

    public IReadOnlyList<Hex32> Roots => sources.Roots;

    public IReadOnlyList<Hex32> Providers => sources.Providers;

    /// <summary>Authors whose follows, mutes and reports count, most trusted first; they change with every <see cref="Recompute"/>.</summary>
    public IReadOnlyList<Hex32> Authors
    {
        get
        {
            lock (gate) return [.. flow.Authors()];
        }
    }

    /// <summary>Whether something was taken since the last <see cref="Recompute"/>.</summary>
    public bool HasNews => news;

    /// <summary>Brings back what the last run knew, and publishes it. Where it knew of no named root whom that follows, strangers are kept out until <see cref="EndWait"/>.</summary>
    public void Restore()
    {
        experience.Restore(experiences.Load());
        lock (gate)
        {
            foreach (var statement in table.Load()) graph.Take(statement);
            awaited = sources.NamedRoots.Any() && sources.NamedRoots.All(root => graph.Find(root)?.Follows is null);
        }

        Recompute();
        Publish();
    }

    /// <summary>Takes an unchecked event; true when it was wanted, new and truly its author's. The signature comes last, because it costs most.</summary>
    public bool Take(NostrEvent candidate)
    {
        if (candidate.CreatedAt > time.GetUtcNow().ToUnixTimeSeconds() + MaxSecondsAhead) return false;
        lock (gate)
        {
            var wanted = candidate.Kind == NostrKinds.Assertion ? sources.Providers.Contains(candidate.Author) : flow.Speaks(candidate.Author);
            if (!wanted || TrustStatements.Read(candidate, sources.Roots.Contains(candidate.Author) ? TrustStatements.MaxRootKeys : TrustStatements.MaxKeys) is not { } statement || !graph.IsNews(statement) || !candidate.Verify()) return false;
            if (!graph.Take(statement)) return false;
            // A refused write is only a statement that must be fetched again after a restart.
            _ = table.SaveAsync(statement);
            return news = true;
        }
    }

    /// <summary>Follows what was taken, so that <see cref="Authors"/> are right again. Authors that trust no longer reaches are forgotten.</summary>
    public void Recompute()
    {
        lock (gate)
        {
            news = false;
            flow = TrustFlow.Over(graph, sources);
            foreach (var gone in graph.Authors.Where(author => !flow.Speaks(author) && !sources.Providers.Contains(author)).ToList())
            {
                graph.Forget(gone);
                _ = table.ForgetAsync(gone);
            }
        }
    }

    /// <summary>Starts from other lists of the operator's; the scores follow at once. Whom a new root follows is fetched with the next round.</summary>
    public void SetLists(PeerLists lists)
    {
        sources = sources with { Followed = TrustSources.FollowedBy(lists), KeptOut = TrustSources.KeptOutBy(lists) };
        Recompute();
        news = true;
        Publish();
    }

    /// <summary>Makes the scores anew and publishes them.</summary>
    public void Publish()
    {
        lock (gate) scores.Publish(TrustScoring.Snapshot(graph, flow, sources, experience, awaited));
    }

    /// <summary>The named roots were asked, or there is nobody to ask. False when that was so before.</summary>
    public bool EndWait()
    {
        lock (gate)
        {
            if (!awaited) return false;
            awaited = false;
        }

        Publish();
        return true;
    }

    /// <summary>Writes down what was experienced since the last call; false when nothing was.</summary>
    public async Task<bool> KeepExperienceAsync()
    {
        experience.Forget();
        if (experience.TakeChanges() is not { Count: > 0 } changes) return false;
        await experiences.SaveAsync(changes);
        return true;
    }

    public TrustExplanation Explain(Hex32 key)
    {
        lock (gate) return TrustScoring.Explain(key, graph, flow, sources, experience, scores);
    }
}
