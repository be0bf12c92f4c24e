using System.Net;
using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Node;

/// <summary>Whether a node is asked at its own address, or over a connection that it opens to the router. Pure.</summary>
internal static class ReachPolicy
{
    /// <summary>Auto: a node whose address means nothing where the router stands opens a connection to it.</summary>
    public static bool OpensConnection(NodeReach reach, Uri own, Uri router) => reach switch
    {
        NodeReach.Direct => false,
        NodeReach.Reverse => true,
        _ => Scope(own) < Scope(router),
    };

    /// <summary>From how far away an address means this daemon: 0 this machine, 1 its network, 2 everywhere. Names are for everywhere.</summary>
    private static int Scope(Uri address) =>
        address.IsLoopback ? 0
        : IPAddress.TryParse(address.DnsSafeHost, out var literal) && !AddressPolicy.Allows(literal, PrivateNetworks.None) ? 1
        : 2;
}
