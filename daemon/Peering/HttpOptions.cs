namespace FedAi.Daemon.Peering;

/// <summary>How peers reach this daemon and what it lets them do (DECISIONS E12, E17, E18).</summary>
internal sealed record HttpOptions
{
    /// <summary>Address and port, as <c>127.0.0.1:8480</c> or <c>[::]:8480</c>; port 0 takes a free one. Default: loopback, 8480 as router, 8481 as node.</summary>
    public string? Listen { get; init; }

    /// <summary>The base others are told to use, such as <c>https://node.example/</c>. Default: the address listened on.</summary>
    public string? PublicEndpoint { get; init; }

    /// <summary>Encryption. Default: none, which is enough on loopback only.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>Permits listening off loopback, a publicEndpoint of http:// and http:// to other networks in node.routers, without TLS: only behind a proxy that adds it. Default: false.</summary>
    public bool AllowPlain { get; init; }

    /// <summary>Which private addresses the endpoints of strangers may have; addresses in node.routers are the operator's own word and always may: none, loopback (also this machine) or lan (also the local network). Default: none.</summary>
    public PrivateNetworks AllowPrivate { get; init; }

    /// <summary>Longest request body in bytes; a longer one gets 413. Default: 4 MiB, room for a long prompt and its envelope.</summary>
    public int MaxRequestBytes { get; init; } = 4 * 1024 * 1024;
}
