using System.Collections.Frozen;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Node;

/// <summary>The routers this node serves and where they are now.</summary>
internal sealed class RouterLinks(IReadOnlyList<RouterLink> links, RouterDirectory directory)
{
    public IReadOnlyList<RouterLink> All => links;

    public IReadOnlySet<PublicKey> Keys { get; } = links.Select(link => link.Key).ToFrozenSet();

    /// <summary>The router's HTTP base: as configured, else as it announced; null while unknown.</summary>
    public Uri? Resolve(PublicKey router) =>
        links.FirstOrDefault(link => link.Key.Equals(router))?.Address ?? directory.Find(router)?.Base;
}
