using System.Security.Cryptography;
using System.Text;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Where a peer is and how it proves that it is there: its HTTP base (ends with a slash) and the key hashes of its certificate,
/// if it announced any; without them the usual authorities decide. An address that this daemon's own operator
/// <see cref="Named"/> may be private, since no stranger chose it. A node that dialled this router is reached by its <see cref="Channel"/> only.
/// </summary>
internal sealed record PeerEndpoint(Uri Base, IReadOnlyList<string>? TlsSpki = null, bool Named = false, PeerChannel? Channel = null)
{
    /// <summary>Nobody on the way reads along: TLS, or it stays on this machine (DECISIONS E10, E12).</summary>
    public bool IsConfidential => Channel?.IsConfidential ?? (Base.Scheme == Uri.UriSchemeHttps || Base is { Scheme: "http", IsLoopback: true });

    /// <summary>
    /// The name under which connections are kept for reuse. It covers everything that was checked when they were opened, so that a
    /// connection opened under one peer's rules never serves another peer who named the same host.
    /// </summary>
    public string ConnectionName =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Base.Scheme} {Base.IdnHost} {Base.Port} {Named} {string.Join(' ', TlsSpki ?? [])}")).AsSpan(0, 16));
}
