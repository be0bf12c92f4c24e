using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Node;

/// <summary>Which of the routers heard of a node joins though nobody named them. Pure.</summary>
internal static class JoinPolicy
{
    /// <param name="heard">Routers whose announcements hold.</param>
    /// <param name="joined">Those joined now: they stay while they work, because moving costs both sides.</param>
    /// <param name="trust">A router's score; null for one that is kept out.</param>
    /// <param name="fails">Whether it did not take this node the last time: then only for want of others.</param>
    public static IReadOnlyList<PublicKey> Choose(IReadOnlyList<KnownRouter> heard, IReadOnlyCollection<PublicKey> joined, JoinOptions options, Func<PublicKey, int?> trust, Func<PublicKey, bool> fails) =>
    [
        .. heard.Where(router => router.Endpoint.IsConfidential)
            .Select(router => (router.Key, router.CreatedAt, Trust: trust(router.Key)))
            .Where(router => router.Trust >= options.MinTrust)
            .OrderBy(router => fails(router.Key))
            .ThenByDescending(router => joined.Contains(router.Key))
            .ThenByDescending(router => router.Trust)
            .ThenByDescending(router => router.CreatedAt)
            .Take(options.Most).Select(router => router.Key),
    ];
}
