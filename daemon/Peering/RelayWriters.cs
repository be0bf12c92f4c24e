using FedAi.Daemon.Trust;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>Whose events a router's own relay takes, and who gives way when it is full. The router itself always may write.</summary>
internal sealed class RelayWriters(TrustScores trust, Hex32 own)
{
    /// <summary>The text of a refusing OK, or null.</summary>
    public string? Refuse(Hex32 author) => author == own ? null : trust.Judge(author) switch
    {
        PeerStanding.Blocked or PeerStanding.Muted => "blocked: the operator does not want events of this author",
        PeerStanding.NotAllowed => "restricted: only listed authors write here",
        _ => null,
    };

    /// <summary>Strangers' events are kept for less long, and go first.</summary>
    public bool IsStranger(Hex32 author) => author != own && !trust.Vouches(author);
}
