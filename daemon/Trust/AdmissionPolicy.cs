using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Trust;

/// <summary>
/// Who may ask for what (DECISIONS E18, FAX-08). Pure: the caller says how the key stands and whether strangers are welcome, as they are
/// on this machine. On loopback any valid signature will do unless a list says otherwise.
/// </summary>
internal static class AdmissionPolicy
{
    /// <summary>A client asking a router. <paramref name="open"/>: unlisted keys may ask.</summary>
    public static Refusal? Client(PeerStanding standing, bool open) => standing switch
    {
        PeerStanding.Blocked => new Refusal(ErrorCode.ClientBlocked, "This router's operator blocked your key."),
        PeerStanding.Muted => new Refusal(ErrorCode.ClientMuted, "This router's operator muted your key."),
        PeerStanding.Known => null,
        PeerStanding.NotAllowed => ClientNotAllowed,
        _ => open ? null : ClientNotAllowed,
    };

    /// <summary>A node registering at a router. <paramref name="open"/>: unlisted keys may register.</summary>
    public static Refusal? Node(PeerStanding standing, bool open) => standing switch
    {
        PeerStanding.Known => null,
        PeerStanding.Blocked or PeerStanding.Muted or PeerStanding.NotAllowed => NodeNotAllowed,
        _ => open ? null : NodeNotAllowed,
    };

    /// <summary>A router asking a node: only those named in node.routers, or that it joined (node.join), are served; without any it serves nobody.</summary>
    public static Refusal? Router(PeerStanding standing, IReadOnlySet<PublicKey> routers, PublicKey key) => standing switch
    {
        PeerStanding.Blocked => new Refusal(ErrorCode.RouterBlocked, "This node's operator blocked the router's key."),
        PeerStanding.Muted => new Refusal(ErrorCode.RouterMuted, "This node's operator muted the router's key."),
        _ when !routers.Contains(key) => new Refusal(ErrorCode.RouterNotAllowed, "This node serves only the routers in its node.routers, or that it joined (node.join); ask its operator to add the router's npub."),
        _ => null,
    };

    private static Refusal ClientNotAllowed => new(ErrorCode.ClientNotAllowed, "This router serves keys its operator knows or trusts; ask its operator to add your npub to filter.allow.");

    private static Refusal NodeNotAllowed => new(ErrorCode.NodeNotAllowed, "This router does not take this node; ask its operator to add the node's npub to filter.follow.");
}
