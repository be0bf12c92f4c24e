using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Tests.Daemon.Peering;

/// <summary>To whom this daemon connects, and whom it believes to be there.</summary>
public sealed class PeerHttpTests
{
    private static readonly FedAiOptions Pinned = new() { Http = new HttpOptions { Tls = new TlsOptions { Mode = TlsMode.Pinned } } };

    [Fact]
    public async Task Post_CertificateAsAnnounced_IsAnswered()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router, Pinned);
        using var http = new PeerHttp(PrivateNetworks.Loopback);

        (await StatusAsync(http, new PeerEndpoint(router.Base, Pins(router)))).ShouldBe(HttpStatusCode.BadRequest);
        router.Base.Scheme.ShouldBe("https");
    }

    [Fact]
    public async Task Post_CertificateOfAnother_IsNotSpokenTo()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router, Pinned);
        await using var other = await TestDaemon.StartAsync(Role.Router, Pinned);
        using var http = new PeerHttp(PrivateNetworks.Loopback);

        await ShouldBeUntrustedAsync(http, new PeerEndpoint(router.Base, Pins(other)));
        await ShouldBeUntrustedAsync(http, new PeerEndpoint(router.Base, ["nonsense"]));
        await ShouldBeUntrustedAsync(http, new PeerEndpoint(router.Base));
    }

    [Fact]
    public async Task Post_CertificateSwappedAfterAGoodAnswer_IsRefused()
    {
        using var folder = new TempFolder();
        var first = await TestDaemon.StartAsync(Role.Router, Pinned, dataFolder: folder.Path);
        var peer = new PeerEndpoint(first.Base, Pins(first));
        using var http = new PeerHttp(PrivateNetworks.Loopback);
        (await StatusAsync(http, peer)).ShouldBe(HttpStatusCode.BadRequest);
        await first.DisposeAsync();
        await using var swapped = await TestDaemon.StartAsync(Role.Router, Pinned with { Http = Pinned.Http with { Listen = $"127.0.0.1:{peer.Base.Port}" } });

        await ShouldBeUntrustedAsync(http, peer);
    }

    [Fact]
    public async Task Post_ChangedToTheNextKey_IsStillBelieved()
    {
        using var folder = new TempFolder();
        var first = await TestDaemon.StartAsync(Role.Router, Pinned, dataFolder: folder.Path);
        var announced = Pins(first);
        await first.DisposeAsync();
        File.Delete(Path.Combine(folder.Path, "tls", "key.pem"));
        await using var rotated = await TestDaemon.StartAsync(Role.Router, Pinned, dataFolder: folder.Path);
        using var http = new PeerHttp(PrivateNetworks.Loopback);

        (await StatusAsync(http, new PeerEndpoint(rotated.Base, announced))).ShouldBe(HttpStatusCode.BadRequest);
        Pins(rotated)[0].ShouldBe(announced[1]);
        Pins(rotated)[1].ShouldNotBe(announced[0]);
        await ShouldBeUntrustedAsync(http, new PeerEndpoint(rotated.Base, [announced[0]]));
    }

    [Fact]
    public async Task Post_NameThatResolvesToLoopback_IsRefusedForAStranger()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        var named = new PeerEndpoint(new UriBuilder(router.Base) { Host = "localhost" }.Uri, Named: true);
        using var http = new PeerHttp(PrivateNetworks.None);

        // The operator's own word opens a connection; a stranger who names the same address gets neither that one nor another.
        (await StatusAsync(http, named)).ShouldBe(HttpStatusCode.BadRequest);
        await ShouldBeBlockedAsync(http, named with { Named = false });
    }

    [Fact]
    public async Task Post_PeerThatRedirects_IsNotFollowed()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var answer = Task.Run(async () =>
        {
            using var client = await server.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            await stream.ReadAtLeastAsync(new byte[4096], 1);
            await stream.WriteAsync("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        });
        using var http = new PeerHttp(PrivateNetworks.Loopback);

        (await StatusAsync(http, new PeerEndpoint(new Uri($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/")))).ShouldBe(HttpStatusCode.TemporaryRedirect);
        await answer;
    }

    [Fact]
    public async Task Post_PeerThatSendsHeadersWithoutEnd_IsCutOff()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var flood = Task.Run(async () =>
        {
            using var client = await server.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray());
            var line = System.Text.Encoding.ASCII.GetBytes($"x: {new string('x', 1000)}\r\n");
            while (true) await stream.WriteAsync(line);
        });
        using var http = new PeerHttp(PrivateNetworks.Loopback);

        await Should.ThrowAsync<HttpRequestException>(() => StatusAsync(http, new PeerEndpoint(new Uri($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/"))));
        await Should.ThrowAsync<IOException>(() => flood);
    }

    [Fact]
    public void ConnectionName_OtherRules_OtherConnection()
    {
        var peer = new PeerEndpoint(new Uri("https://node.example/"), ["aa"]);
        string[] names = [peer.ConnectionName, (peer with { Named = true }).ConnectionName, (peer with { TlsSpki = ["bb"] }).ConnectionName, (peer with { TlsSpki = null }).ConnectionName,
            (peer with { Base = new Uri("http://node.example/") }).ConnectionName, (peer with { Base = new Uri("https://other.example/") }).ConnectionName];

        names.Distinct().Count().ShouldBe(names.Length);
        (peer with { TlsSpki = ["aa"] }).ConnectionName.ShouldBe(peer.ConnectionName);
    }

    [Theory]
    [InlineData("https://8.8.8.8/", true)]
    [InlineData("http://127.0.0.1:8480/", true)]
    [InlineData("http://[::1]:8480/", true)]
    [InlineData("http://8.8.8.8/", false)]
    [InlineData("http://192.168.1.2/", false)]
    public void IsConfidential_TlsOrThisMachine(string address, bool expected) => new PeerEndpoint(new Uri(address)).IsConfidential.ShouldBe(expected);

    private static IReadOnlyList<string> Pins(TestDaemon daemon) => daemon.Services.GetRequiredService<PublicAddress>().TlsSpki!;

    private static async Task<HttpStatusCode> StatusAsync(PeerHttp http, PeerEndpoint peer)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        using var answer = await http.PostAsync(peer, "register-node", "{}"u8.ToArray(), limit.Token);
        return answer.StatusCode;
    }

    private static async Task ShouldBeUntrustedAsync(PeerHttp http, PeerEndpoint peer)
    {
        var exception = await Should.ThrowAsync<HttpRequestException>(() => StatusAsync(http, peer));
        exception.InnerException.ShouldBeOfType<AuthenticationException>();
        PeerRefusal.Unreachable(exception, ErrorCode.NodeUnreachable, "").Hint!.ShouldContain("certificate");
    }

    private static async Task ShouldBeBlockedAsync(PeerHttp http, PeerEndpoint peer)
    {
        var exception = await Should.ThrowAsync<HttpRequestException>(() => StatusAsync(http, peer));
        PeerRefusal.Unreachable(exception, ErrorCode.NodeUnreachable, "").ShouldBe(AddressPolicy.Blocked);
    }
}
