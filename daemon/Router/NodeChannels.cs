using System.Net;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>The connections that nodes opened to this router, one for each key: the newest, because an older one may be dead without knowing.</summary>
internal sealed class NodeChannels
{
    /// <summary>About 100 KiB each, TLS and HTTP/2 buffers included; and each is a connection of the 4096 there are.</summary>
    public const int MaxOpen = 1000;

    /// <summary>Nodes of one household or office; from this machine there may be as many as there are.</summary>
    public const int MaxPerAddress = 16;

    /// <summary>Those who have not shown yet who they are; each has five seconds.</summary>
    public const int MaxHandshakes = 128;

    private readonly Lock gate = new();
    private readonly Dictionary<PublicKey, PeerChannel> open = [];
    private readonly Dictionary<string, int> perAddress = [];
    private int handshakes;

    public int Open
    {
        get
        {
            lock (gate) return open.Count;
        }
    }

    public int Handshakes
    {
        get
        {
            lock (gate) return handshakes;
        }
    }

    public PeerChannel? Find(PublicKey node)
    {
        lock (gate) return open.GetValueOrDefault(node);
    }

    /// <summary>A place for a connection whose owner has not shown yet who it is; or why there is none. From this machine (null) there is no limit by address.</summary>
    public (NodePlace? Place, Refusal? Refusal) Enter(IPAddress? stranger)
    {
        lock (gate)
        {
            if (handshakes >= MaxHandshakes || open.Count >= MaxOpen) return (null, Full);
            var address = stranger is null ? null : GateLimits.NameOf(stranger);
            if (address is not null)
            {
                var count = perAddress.GetValueOrDefault(address);
                if (count >= MaxPerAddress) return (null, Full);
                perAddress[address] = count + 1;
            }

            handshakes++;
            return (new NodePlace(this, address), null);
        }
    }

    /// <summary>The hands are shaken, or not: others may.</summary>
    public void EndHandshake()
    {
        lock (gate) handshakes--;
    }

    /// <summary>A connection of this address ended.</summary>
    public void Leave(string address)
    {
        lock (gate)
        {
            if (--perAddress[address] == 0) perAddress.Remove(address);
        }
    }

    /// <summary>Puts a node's channel in the place of the one before, which ends.</summary>
    public void Put(PublicKey node, PeerChannel channel)
    {
        PeerChannel? before;
        lock (gate)
        {
            before = open.GetValueOrDefault(node);
            open[node] = channel;
        }

        before?.Dispose();
    }

    /// <summary>Takes this channel away, unless a newer one has its place.</summary>
    public void Remove(PublicKey node, PeerChannel channel)
    {
        lock (gate)
        {
            if (open.GetValueOrDefault(node) == channel) open.Remove(node);
        }
    }

    /// <summary>Ends the channels of these nodes; whoever holds one takes it away.</summary>
    public void Close(Func<PublicKey, bool> nodes)
    {
        List<PeerChannel> ending;
        lock (gate) ending = [.. open.Where(one => nodes(one.Key)).Select(one => one.Value)];
        foreach (var channel in ending) channel.Dispose();
    }

    private static Refusal Full { get; } = new(ErrorCode.RateLimited, "Too many nodes are connected, or connecting, from there; try again later.", RetryAfterSeconds: 30);
}
