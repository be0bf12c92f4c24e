using System.Net;
using System.Net.Sockets;

namespace FedAi.Daemon.Peering;

/// <summary>Who is connected to the own relay, by address. One that left is remembered until its budget is full again, so that coming back gives no new one.</summary>
internal sealed class RelayOrigins(RelayLimits limits, TimeProvider clock)
{
    /// <summary>So many before those that left and have rested are looked for…</summary>
    private const int Many = 1024;

    /// <summary>…and of more than this, which only one with a network of his own brings about, also those that left without resting.</summary>
    private const int Most = 16_384;

    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, RelayOrigin> origins = [];
    private int room = Many;

    /// <summary>One more connection from there; null when that would be too many. Each connection from loopback stands for itself: a proxy may bring everybody from there.</summary>
    public RelayOrigin? Enter(IPAddress address)
    {
        if (IPAddress.IsLoopback(address)) return new RelayOrigin(limits, clock);
        lock (gate)
        {
            var from = Of(address);
            if (!origins.TryGetValue(from, out var origin))
            {
                if (origins.Count >= room) MakeRoom();
                origins[from] = origin = new RelayOrigin(limits, clock);
            }

            if (origin.Connections >= limits.MaxConnectionsPerAddress) return null;
            origin.Connections++;
            return origin;
        }
    }

    public void Leave(RelayOrigin origin)
    {
        lock (gate) origin.Connections--;
    }

    private void MakeRoom()
    {
        foreach (var (address, origin) in origins)
            if (origin.Connections == 0 && (origins.Count > Most || origin.IsRested)) origins.Remove(address);
        // Looked for again when there are twice as many, so that a newcomer costs the same however many there are.
        room = Math.Max(Many, 2 * origins.Count);
    }

    /// <summary>One IPv4 address, or the /64 that one household or host has of IPv6.</summary>
    private static IPAddress Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily is not AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
