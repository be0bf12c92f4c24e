using FedAi.Daemon.Store;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Trust;

/// <summary>Who says what of whom, by author, the newest word of each; bounded. Not safe for several threads at once.</summary>
internal sealed class TrustGraph
{
    /// <summary>Keys that one graph speaks of at most; about 100 bytes each.</summary>
    public const int MaxKeys = 100_000;

    /// <summary>Follows, mutes, reports and ranks in all: 32 MB.</summary>
    public const int MaxEdges = 1_000_000;

    /// <summary>Reports of one author; more is a campaign.</summary>
    private const int MaxReports = 200;

    /// <summary>Ranks of one provider, which may have millions.</summary>
    private const int MaxRanks = 20_000;

    private readonly Dictionary<Hex32, TrustAuthor> authors = [];

    public int Edges { get; private set; }

    public IReadOnlyCollection<Hex32> Authors => authors.Keys;

    public TrustAuthor? Find(Hex32 author) => authors.GetValueOrDefault(author);

    /// <summary>Whether the statement says something newer than what is known.</summary>
    public bool IsNews(TrustStatement statement) =>
        authors.GetValueOrDefault(statement.Author) is not { } author || Known(author, statement) is not { } old || statement.Replaces(old);

    /// <summary>Takes a verified statement; false when a newer one is known or there is no room.</summary>
    public bool Take(TrustStatement statement)
    {
        var author = authors.GetValueOrDefault(statement.Author) ?? new TrustAuthor();
        var old = Known(author, statement);
        if (old is not null && !statement.Replaces(old)) return false;
        var more = Size(statement) - (old is null ? 0 : Size(old));
        if (more > 0 && Edges + more > MaxEdges) return false;
        switch (statement.Kind)
        {
            case NostrKinds.FollowList: author.Follows = statement; break;
            case NostrKinds.MuteList: author.Mutes = statement; break;
            case NostrKinds.Report when old is not null || author.Reports.Count < MaxReports: author.Reports[statement.Subject] = statement; break;
            case NostrKinds.Assertion when old is not null || author.Ranks.Count < MaxRanks: author.Ranks[statement.Subject] = statement; break;
            default: return false;
        }

        authors[statement.Author] = author;
        Edges += more;
        return true;
    }

    /// <summary>Forgets an author; its room is free again.</summary>
    public void Forget(Hex32 author)
    {
        if (authors.Remove(author, out var gone)) Edges -= gone.Edges;
    }

    private static TrustStatement? Known(TrustAuthor author, TrustStatement statement) => statement.Kind switch
    {
        NostrKinds.FollowList => author.Follows,
        NostrKinds.MuteList => author.Mutes,
        NostrKinds.Report => author.Reports.GetValueOrDefault(statement.Subject),
        _ => author.Ranks.GetValueOrDefault(statement.Subject),
    };

    private static int Size(TrustStatement statement) => statement.Kind is NostrKinds.FollowList or NostrKinds.MuteList ? statement.Keys.Length : 1;
}
