using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FedAi.Daemon.Peering;

/// <summary>
/// What stands for a certificate in a signed announcement (<c>tlsSpki</c>, DECISIONS E12): sha256 of its SubjectPublicKeyInfo. It
/// replaces chain, name and dates, because the key that announced it is the peer's identity.
/// </summary>
internal static class CertificatePin
{
    /// <summary>The pin of a certificate, 64 hex digits.</summary>
    public static string Of(X509Certificate2 certificate) => Of(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>The pin of a key for which there is no certificate yet.</summary>
    public static string Of(ECDsa key) => Of(key.ExportSubjectPublicKeyInfo());

    /// <summary>Whether the certificate's key is one of those announced; no certificate fits nothing.</summary>
    public static bool Fits(X509Certificate? certificate, IReadOnlyList<string> pins) =>
        certificate is X509Certificate2 given && pins.Contains(Of(given), StringComparer.OrdinalIgnoreCase);

    private static string Of(byte[] subjectPublicKeyInfo) => Convert.ToHexStringLower(SHA256.HashData(subjectPublicKeyInfo));
}
