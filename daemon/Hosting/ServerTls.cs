using System.Net.Security;
using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Hosting;

/// <summary>
/// TLS of the address that peers reach (DECISIONS E12): the certificate for the next connection, null without TLS; and the key
/// hashes to announce, null when authorities vouch for the certificate.
/// </summary>
internal sealed record ServerTls(Func<SslStreamCertificateContext>? Certificate, IReadOnlyList<string>? Spki)
{
    /// <summary>Opens what the options name; <see cref="InvalidDataException"/> says what is wrong with it and what to do.</summary>
    public static ServerTls Open(DaemonContext context, ILogger<CertificateFiles> logger)
    {
        var tls = context.Options.Http.Tls;
        if (context.Role == Role.Gateway || tls.Mode == TlsMode.None) return new ServerTls(null, null);
        if (tls.Mode == TlsMode.Files) return new ServerTls(new CertificateFiles(tls.Certificate!, tls.Key!, logger).Current, null);
        if (context.DataFolder is not { } folder)
            throw new InvalidDataException("http.tls.mode pinned needs an announcement that names the certificate, and a relay alone makes none: use files, or a proxy");
        var (certificate, spki) = PinnedCertificate.Open(folder);
        var shown = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        return new ServerTls(() => shown, spki);
    }
}
