using System.Collections.Frozen;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Node;

/// <summary>The routers this node serves and where they are now.</summary>
internal sealed class RouterLinks(IReadOnlyList<RouterLink> links, RouterDirectory directory)
{
    public IReadOnlyList<RouterLink> All => links;

    public IReadOnlySet<PublicKey> Keys { get; } = links.Select(link => link.Key).ToFrozenSet();

    /// <summary>How the router is reached: as configured, else as it announced; null while unknown. Its announced TLS keys count in both cases.</summary>
    public PeerEndpoint? Resolve(PublicKey router)
    {
        var announced = directory.Find(router)?.Endpoint;
        return links.FirstOrDefault(link => link.Key.Equals(router))?.Named is { } named
            ? named with { TlsSpki = named.TlsSpki ?? announced?.TlsSpki }
            : announced;
    }
}
