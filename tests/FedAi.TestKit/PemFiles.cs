using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FedAi.TestKit;

/// <summary>A certificate and its key as two PEM files, as certbot leaves them; written anew to renew them.</summary>
internal sealed class PemFiles(TempFolder folder)
{
    public string Certificate => folder.File("fullchain.pem");

    public string Key => folder.File("privkey.pem");

    /// <summary>Writes a new pair and gives the certificate's thumbprint.</summary>
    public string Renew()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        return certificate.Thumbprint;
    }
}
