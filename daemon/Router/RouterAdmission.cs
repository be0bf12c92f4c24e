using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>Who may use this router: the operator's lists and router.admit, looser for callers on this machine (DECISIONS E18).</summary>
internal sealed class RouterAdmission(PeerLists lists, RouterOptions options)
{
    public Refusal? Client(HttpContext context, PublicKey key) =>
        AdmissionPolicy.Client(lists, key, open: options.Admit.Clients == Admit.Anyone || PeerAddress.IsLocal(context));

    public Refusal? Node(HttpContext context, PublicKey key) =>
        AdmissionPolicy.Node(lists, key, open: options.Admit.Nodes == Admit.Anyone || PeerAddress.IsLocal(context));
}
