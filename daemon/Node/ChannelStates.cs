using System.Collections.Concurrent;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Node;

/// <summary>Which routers are to be served over a connection of this node's own, and how each of these connections is.</summary>
internal sealed class ChannelStates(NodeOptions options, RouterLinks routers, PublicAddress address)
{
    private static readonly Refusal Closed = new(ErrorCode.ServiceUnconfigured, "This node's connection to the router is not open yet.");

    private readonly ConcurrentDictionary<PublicKey, Refusal?> states = new();

    /// <summary>Raised when a connection opened: the router takes a registration only now.</summary>
    public event Action? Opened;

    /// <summary>Whether this router is to be served that way; null while this node does not listen yet or does not know where the router is.</summary>
    public bool? IsWanted(PublicKey router) => address.Endpoint is { } own && routers.Resolve(router) is { } there
        ? ReachPolicy.OpensConnection(options.Reach, own, there.Base)
        : null;

    /// <summary>Null while the connection is open; else why it is not.</summary>
    public Refusal? Problem(PublicKey router) => states.GetValueOrDefault(router, Closed);

    /// <summary>Notes that a connection opened (null) or why there is none; true when that is news.</summary>
    public bool Set(PublicKey router, Refusal? problem)
    {
        var before = Problem(router);
        states[router] = problem;
        if (problem is null) Opened?.Invoke();
        return before?.Code != problem?.Code;
    }
}
