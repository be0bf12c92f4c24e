using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;

namespace FedAi.Daemon.Hosting;

/// <summary>
/// The daemon's self-made TLS keys (DECISIONS E12), <c>tls/key.pem</c> and <c>tls/next.pem</c> in its data folder, mode 0600. Both
/// are announced; so whoever takes key.pem away and restarts the daemon has changed to the next key, and peers follow at once.
/// </summary>
internal static class PinnedCertificate
{
    // Nobody judges the dates: the announcement that names the key has its own.
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The certificate to show and the hashes of its key and of the next one. The keys are made when they are missing.</summary>
    public static (X509Certificate2 Certificate, IReadOnlyList<string> Spki) Open(string dataFolder)
    {
        var folder = DataFolder.Create(Path.Combine(dataFolder, "tls"));
        var path = Path.Combine(folder, "key.pem");
        var nextPath = Path.Combine(folder, "next.pem");
        if (!File.Exists(path) && File.Exists(nextPath)) File.Move(nextPath, path);
        using var key = ReadOrMake(path);
        using var next = ReadOrMake(nextPath);

        var request = new CertificateRequest("CN=fedai", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        return (request.CreateSelfSigned(From, Until), [CertificatePin.Of(key), CertificatePin.Of(next)]);
    }

    private static ECDsa ReadOrMake(string path)
    {
        if (!File.Exists(path))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            PrivateFile.WriteNew(path, made.ExportPkcs8PrivateKeyPem() + "\n");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
            throw new InvalidDataException($"{path} may be used by others than its owner: chmod 600 {path}");
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new InvalidDataException($"{path} does not hold an elliptic-curve key in PEM: restore it, or remove it and a new one is made");
        }
    }
}
