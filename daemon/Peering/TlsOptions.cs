namespace FedAi.Daemon.Peering;

/// <summary>TLS of the address that peers reach (DECISIONS E12). The gateway's own door is on loopback and has none.</summary>
internal sealed record TlsOptions
{
    /// <summary>
    /// none: loopback only, or behind a proxy with http.allowPlain. pinned: a certificate made here, which other fedai daemons know by
    /// the key hash in this daemon's signed announcement; no authority and no domain is needed. files: a PEM certificate that browsers
    /// and OpenAI clients accept too. Default: none.
    /// </summary>
    public TlsMode Mode { get; init; }

    /// <summary>With files: the PEM certificate and its chain, as certbot's fullchain.pem. Read again when it changes; open connections stay.</summary>
    public string? Certificate { get; init; }

    /// <summary>With files: the PEM private key without a password, as certbot's privkey.pem.</summary>
    public string? Key { get; init; }
}
