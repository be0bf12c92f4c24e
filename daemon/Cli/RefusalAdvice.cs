using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Cli;

/// <summary>What an operator does about a refusal. Peers' own hints are not shown: they are strangers' text.</summary>
internal static class RefusalAdvice
{
    public static string For(string? code) => ErrorCodes.TryParse(code, out var known) ? For(known) : "look into the log of this daemon";

    private static string For(ErrorCode code) => code switch
    {
        ErrorCode.NodeNotAllowed => "ask the router's operator to add this node's npub to filter.follow, or to set router.admit.nodes",
        ErrorCode.ClientNotAllowed or ErrorCode.ClientBlocked or ErrorCode.ClientMuted => "ask the router's operator to admit this key (filter.allow), or use another router",
        ErrorCode.NodeIdTaken => "another key registered this node's name there: ask the router's operator",
        ErrorCode.TsOutOfWindow => "set this machine's clock (timedatectl set-ntp true)",
        ErrorCode.PrivateAddressBlocked => "the announced address is private, or leads elsewhere: set http.publicEndpoint to a public one, or node.reach to reverse; for tests on one machine the router's operator sets http.allowPrivate",
        ErrorCode.RouterUnreachable => "check that the router runs, its address in node.routers (with # and its key hash if it has a certificate of its own), and that a relay lists it",
        ErrorCode.RouterError => "the router speaks another version, or a proxy stands in between: ask its operator",
        ErrorCode.NodeUnreachable => "nothing answers there from outside: forward the port to this machine and open it in the firewall, or set node.reach to reverse",
        ErrorCode.NodeResponseKeyMismatch or ErrorCode.InvalidNodeResponse => "another program answers under this address: correct http.publicEndpoint or the port forwarding",
        ErrorCode.RateLimited or ErrorCode.ReplayFloor or ErrorCode.Draining => "wait a minute and ask again",
        ErrorCode.ServiceUnconfigured or ErrorCode.ModelLoading => "it is still starting: ask again in a moment",
        ErrorCode.MeteringUnknownRequest => "this key (--data) neither asked nor ran that request there, or the router's books of that time are gone",
        ErrorCode.InvalidSignature or ErrorCode.KeyIdMismatch => "npub and address in node.routers belong to different routers: correct them",
        _ => "look into the log of this daemon, and ask the router's operator",
    };
}
