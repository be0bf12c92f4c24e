using System.Net;
using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Node;

/// <summary>Whether a node is asked at its own address, or over a connection that it opens to the router. Pure.</summary>
internal static class ReachPolicy
{
    /// <summary>Auto: a node whose address means nothing outside opens a connection to routers that stand outside.</summary>
    public static bool OpensConnection(NodeReach reach, Uri own, Uri router) => reach switch
    {
        NodeReach.Direct => false,
        NodeReach.Reverse => true,
        _ => IsInside(own) && !IsInside(router),
    };

    private static bool IsInside(Uri address) =>
        address.IsLoopback || (IPAddress.TryParse(address.DnsSafeHost, out var literal) && !AddressPolicy.Allows(literal, PrivateNetworks.None));
}
