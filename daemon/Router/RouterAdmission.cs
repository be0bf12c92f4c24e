using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>Who may use this router: the operator's lists, the web of trust and router.admit, looser for callers on this machine (DECISIONS E18).</summary>
internal sealed class RouterAdmission(TrustScores trust, RouterOptions options)
{
    private volatile AdmitOptions admit = options.Admit;

    /// <summary>Who may register and ask from other machines; may change while the router runs.</summary>
    public AdmitOptions Options
    {
        get => admit;
        set => admit = value;
    }

    public Refusal? Client(HttpContext context, PublicKey key)
    {
        var standing = trust.Judge(key);
        return AdmissionPolicy.Client(standing, IsOpen(context, admit.Clients, standing));
    }

    public Refusal? Node(HttpContext context, PublicKey key)
    {
        var standing = trust.Judge(key);
        return AdmissionPolicy.Node(standing, IsOpen(context, admit.Nodes, standing));
    }

    /// <summary>Whether the lists keep a node out wherever it comes from.</summary>
    public bool KeepsOut(PublicKey node) => AdmissionPolicy.Node(trust.Judge(node), open: true) is not null;

    private static bool IsOpen(HttpContext context, Admit admit, PeerStanding standing) =>
        admit == Admit.Anyone || (admit == Admit.Wot && standing == PeerStanding.Trusted) || PeerAddress.IsLocal(context);
}
