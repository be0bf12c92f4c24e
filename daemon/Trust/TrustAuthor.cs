using FedAi.Daemon.Store;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Trust;

/// <summary>The newest statements of one author.</summary>
internal sealed class TrustAuthor
{
    public TrustStatement? Follows { get; set; }

    public TrustStatement? Mutes { get; set; }

    /// <summary>By the reported key.</summary>
    public Dictionary<Hex32, TrustStatement> Reports { get; } = [];

    /// <summary>By the ranked key.</summary>
    public Dictionary<Hex32, TrustStatement> Ranks { get; } = [];

    /// <summary>How many keys it speaks of: what it takes of the graph's room.</summary>
    public int Edges => (Follows?.Keys.Length ?? 0) + (Mutes?.Keys.Length ?? 0) + Reports.Count + Ranks.Count;

    /// <summary>Whom it mutes or reports, each once.</summary>
    public IEnumerable<Hex32> Denied => (Mutes?.Keys ?? []).Concat(Reports.Keys).Distinct();
}
