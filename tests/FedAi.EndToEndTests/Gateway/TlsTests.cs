using System.Net;
using System.Text;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Protocol.Crypto;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Gateway;

/// <summary>Gateway, router and node with self-made certificates, found through a relay and known by what they announced.</summary>
public sealed class TlsTests
{
    private static readonly HttpOptions Pinned = new() { Tls = new TlsOptions { Mode = TlsMode.Pinned } };

    [Fact]
    public async Task Chat_EveryHopPinned_Answers()
    {
        await using var relay = await OwnRelay.StartAsync();
        var relays = new RelayOptions { Bootstrap = [relay.Url.ToString()], Publish = [relay.Url.ToString()] };
        await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Http = Pinned, Relays = relays });
        await using var node = await TestDaemon.StartAsync(Role.Node,
            new FedAiOptions { Http = Pinned, Relays = relays, Node = new NodeOptions { Routers = [router.Key.PublicKey.Npub] } },
            services => services.AddSingleton<FedAi.Runners.IRunner>(new ScriptedRunner()));
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions { Relays = relays });
        var directory = router.Services.GetRequiredService<NodeDirectory>();
        await Patience.UntilAsync(() => directory.Find(node.Key.PublicKey) is { Descriptor.Capabilities.Count: > 0 });
        var known = gateway.Services.GetRequiredService<RouterDirectory>();
        await Patience.UntilAsync(() => known.Find(router.Key.PublicKey) is { Profile.ModelCaps.Count: > 0 });

        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri(gateway.Base, "v1/chat/completions"),
            new StringContent("""{"model":"scripted","messages":[{"role":"user","content":"hello"}]}""", Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var found = known.Find(router.Key.PublicKey)!;
        found.Endpoint.IsConfidential.ShouldBeTrue();
        found.Base.Scheme.ShouldBe("https");
        found.Profile.TransportEndpoints[1].ShouldStartWith("wss://");
        directory.Find(node.Key.PublicKey)!.Endpoint.TlsSpki.ShouldBe(node.Services.GetRequiredService<PublicAddress>().TlsSpki);
    }

    [Fact]
    public async Task Node_RouterNamedWithItsKeyHash_RegistersWithoutAnyRelay()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Http = Pinned });
        var pin = router.Services.GetRequiredService<PublicAddress>().TlsSpki![0];
        await using var node = await TestDaemon.StartAsync(Role.Node, new FedAiOptions { Node = new NodeOptions { Routers = [$"{router.Key.PublicKey.Npub}@{router.Base}#{pin}"] } });

        await Patience.UntilAsync(() => router.Services.GetRequiredService<NodeDirectory>().Find(node.Key.PublicKey) is not null);
    }

    [Fact]
    public async Task Node_RouterNamedWithItsKeyHashChangesToTheNextKeyItAnnounced_RegistersAgain()
    {
        using var folder = new TempFolder();
        using var key = KeyPair.Generate();
        var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Http = Pinned }, key: key, dataFolder: folder.Path);
        var (address, pins) = (router.Base, router.Services.GetRequiredService<PublicAddress>().TlsSpki!);
        await using var node = await TestDaemon.StartAsync(Role.Node, new FedAiOptions { Node = new NodeOptions { Routers = [$"{key.PublicKey.Npub}@{address}#{pins[0]}"] } });
        await Patience.UntilAsync(() => router.Services.GetRequiredService<NodeDirectory>().Find(node.Key.PublicKey) is not null);
        var announced = AnnouncedRouter.At(key.PublicKey, address, WireClient.Now, "scripted");
        node.Services.GetRequiredService<RouterDirectory>().Observe(announced with { Profile = announced.Profile with { TlsSpki = pins } }).ShouldBeTrue();

        await router.DisposeAsync();
        File.Delete(Path.Combine(folder.Path, "tls", "key.pem"));
        await using var changed = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Http = Pinned with { Listen = $"127.0.0.1:{address.Port}" } }, key: key, dataFolder: folder.Path);

        changed.Services.GetRequiredService<PublicAddress>().TlsSpki![0].ShouldBe(pins[1]);
        var directory = changed.Services.GetRequiredService<NodeDirectory>();
        var started = changed.Services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        // It is known from the last run, so that it is there says nothing.
        await Patience.UntilAsync(() => directory.Find(node.Key.PublicKey)?.SeenAtMs > started);
    }
}
