using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FedAi.Daemon.Hosting;

/// <summary>
/// A certificate that others renew (http.tls.mode files). Before each new connection the two files are compared with what is
/// shown, which costs little beside a handshake and needs no watcher; connections that are open stay as they are.
/// </summary>
internal sealed partial class CertificateFiles
{
    private readonly string certificatePath;
    private readonly string keyPath;
    private readonly ILogger<CertificateFiles> logger;
    private readonly Lock gate = new();
    private byte[] seen;
    private SslStreamCertificateContext current;

    /// <summary>Reads the files; <see cref="InvalidDataException"/> when they do not hold a certificate and its key.</summary>
    public CertificateFiles(string certificatePath, string keyPath, ILogger<CertificateFiles> logger)
    {
        this.certificatePath = Path.GetFullPath(certificatePath);
        this.keyPath = Path.GetFullPath(keyPath);
        this.logger = logger;
        try
        {
            seen = Fingerprint();
            current = Load();
        }
        catch (Exception exception) when (IsTrouble(exception))
        {
            throw new InvalidDataException($"http.tls.certificate {this.certificatePath} and http.tls.key {this.keyPath} do not hold a PEM certificate and its key without a password: {exception.Message}");
        }
    }

    /// <summary>What the next connection is shown. While the files are half written, or gone, it is what was good before.</summary>
    public SslStreamCertificateContext Current()
    {
        lock (gate)
        {
            try
            {
                var now = Fingerprint();
                if (now.AsSpan().SequenceEqual(seen)) return current;
                // Noted even if loading fails: one warning for one change.
                seen = now;
                current = Load();
                LogReloaded(certificatePath, current.TargetCertificate.NotAfter);
            }
            catch (Exception exception) when (IsTrouble(exception))
            {
                LogKept(certificatePath, exception.Message);
            }

            return current;
        }
    }

    private byte[] Fingerprint() => SHA256.HashData([.. File.ReadAllBytes(certificatePath), .. File.ReadAllBytes(keyPath)]);

    private SslStreamCertificateContext Load()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificatePath);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certificatePath, keyPath), chain, offline: true);
    }

    private static bool IsTrouble(Exception exception) => exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    [LoggerMessage(LogLevel.Information, "{Path} was read again; the new certificate holds until {NotAfter:u}")]
    private partial void LogReloaded(string path, DateTime notAfter);

    [LoggerMessage(LogLevel.Warning, "{Path} changed and could not be used, so the certificate before it stays: {Reason}")]
    private partial void LogKept(string path, string reason);
}
