using System.Security.Cryptography.X509Certificates;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Tests.Daemon.Hosting;

/// <summary>The certificate a daemon shows: its own, kept; or one from files, followed.</summary>
public sealed class ServerTlsTests
{
    [Fact]
    public void Pinned_OpenedAgain_HasTheSameKeysAndKeepsThemToItself()
    {
        using var folder = new TempFolder();

        var first = PinnedCertificate.Open(folder.Path);
        var again = PinnedCertificate.Open(folder.Path);

        again.Spki.ShouldBe(first.Spki);
        first.Spki.Distinct().Count().ShouldBe(2);
        CertificatePin.Of(again.Certificate).ShouldBe(first.Spki[0]);
        foreach (var file in Directory.GetFiles(folder.File("tls")))
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
    }

    [Fact]
    public void Pin_OfACertificate_IsWhatOpensslComputes()
    {
        using var folder = new TempFolder();
        var (certificate, spki) = PinnedCertificate.Open(folder.Path);
        File.WriteAllText(folder.File("cert.pem"), certificate.ExportCertificatePem());
        using var openssl = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh",
            ["-c", $"openssl x509 -in {folder.File("cert.pem")} -pubkey -noout | openssl pkey -pubin -outform der | sha256sum"]) { RedirectStandardOutput = true })!;

        openssl.StandardOutput.ReadToEnd().ShouldStartWith(spki[0]);
    }

    [Fact]
    public void Pinned_KeyThatOthersMayRead_IsNotUsed()
    {
        using var folder = new TempFolder();
        PinnedCertificate.Open(folder.Path);
        File.SetUnixFileMode(folder.File("tls/key.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Should.Throw<InvalidDataException>(() => PinnedCertificate.Open(folder.Path)).Message.ShouldContain("chmod 600");
    }

    [Fact]
    public async Task Files_Renewed_NewConnectionsSeeItAndOpenOnesStay()
    {
        using var folder = new TempFolder();
        var files = new PemFiles(folder);
        var first = files.Renew();
        await using var router = await TestDaemon.StartAsync(Role.Router, Options(files));
        var shown = "";
        using var open = Client(thumbprint => shown = thumbprint);
        (await open.GetStringAsync(new Uri(router.Base, "health"))).ShouldContain("true");
        shown.ShouldBe(first);

        var second = files.Renew();
        using var fresh = Client(thumbprint => shown = thumbprint);
        await fresh.GetStringAsync(new Uri(router.Base, "health"));
        shown.ShouldBe(second);
        shown = "no handshake";
        await open.GetStringAsync(new Uri(router.Base, "health"));
        shown.ShouldBe("no handshake");
        router.Services.GetRequiredService<PublicAddress>().TlsSpki.ShouldBeNull();

        await File.WriteAllTextAsync(files.Certificate, "half a certifi");
        using var later = Client(thumbprint => shown = thumbprint);
        await later.GetStringAsync(new Uri(router.Base, "health"));
        shown.ShouldBe(second);
    }

    [Fact]
    public async Task Files_NotThere_SaysWhich()
    {
        using var folder = new TempFolder();

        (await Should.ThrowAsync<InvalidDataException>(() => TestDaemon.StartAsync(Role.Router, Options(new PemFiles(folder))))).Message.ShouldContain("fullchain.pem");
    }

    private static FedAiOptions Options(PemFiles files) =>
        new() { Http = new HttpOptions { Tls = new TlsOptions { Mode = TlsMode.Files, Certificate = files.Certificate, Key = files.Key } } };

    private static HttpClient Client(Action<string> shown) => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => Note(certificate as X509Certificate2, shown) },
    });

    private static bool Note(X509Certificate2? certificate, Action<string> shown)
    {
        shown(certificate?.Thumbprint ?? "none");
        return certificate is not null;
    }
}
