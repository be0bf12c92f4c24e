using FedAi.Daemon.Trust;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>Whose events a router's own relay takes, and who gives way when it is full. The router itself always may write.</summary>
internal sealed class RelayWriters(TrustScores trust, Hex32 own)
{
    /// <summary>The text of a refusing OK, or null; refusals are counted by the list that asks for them.</summary>
    public string? Refuse(Hex32 author) => author == own ? null : trust.Judge(author) switch
    {
        PeerStanding.Blocked => Refuse(IngestVerdict.Blocked, "blocked: the operator does not want events of this author"),
        PeerStanding.Muted => Refuse(IngestVerdict.Muted, "blocked: the operator does not want events of this author"),
        PeerStanding.NotAllowed => Refuse(IngestVerdict.NotAllowed, "restricted: only listed authors write here"),
        _ => null,
    };

    /// <summary>Strangers' events are kept for less long, and go first.</summary>
    public bool IsStranger(Hex32 author) => author != own && !trust.Vouches(author);

    private static string Refuse(IngestVerdict verdict, string text)
    {
        PeeringMetrics.Count(verdict);
        return text;
    }
}
