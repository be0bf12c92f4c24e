using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.RelayDiscovery.Directories;

namespace FedAi.Daemon.Peering;

/// <summary>The relay that a router serves itself, as it announced it, and the key hashes of its certificate.</summary>
internal sealed record PeerRelay(PublicKey Router, Uri Url, IReadOnlyList<string>? TlsSpki)
{
    /// <summary>The first relay among a router's endpoints; null when it names none that may be used.</summary>
    public static PeerRelay? Of(PublicKey router, CapabilityProfile profile, bool allowPlain)
    {
        foreach (var endpoint in profile.TransportEndpoints.Skip(1))
            if (RelayUrl.TryParse(endpoint, allowPlain, out var url, out _)) return new PeerRelay(router, url, profile.TlsSpki);
        return null;
    }

    /// <summary>Whether two are the same connection; announcements are read anew all the time.</summary>
    public bool IsSameAs(PeerRelay other) => Url == other.Url && (TlsSpki ?? []).SequenceEqual(other.TlsSpki ?? [], StringComparer.Ordinal);
}
