using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Tests.Daemon.Peering;

/// <summary>A router announces itself at a relay, and whoever knows nothing but that relay finds it.</summary>
public sealed class AnnouncementTests
{
    [Theory, InlineData("own"), InlineData("npm")]
    public async Task Router_Started_IsFoundByOthersThroughTheRelay(string kind)
    {
        await using ITestRelay relay = kind == "own" ? await OwnRelay.StartAsync() : await NpmRelay.StartAsync();
        await using var reader = await StartReaderAsync(relay);
        await using var router = await StartRouterAsync(relay);

        var found = await FindAsync(reader, router.Key.PublicKey);

        found.Base.ShouldBe(router.Base);
        found.Profile.TransportEndpoints[1].ShouldBe($"ws://127.0.0.1:{router.Base.Port}/relay");
    }

    [Theory, InlineData("own"), InlineData("npm")]
    public async Task Announcement_AtTheRelay_HasItsTagsAndVerifiesWithNostrTools(string kind)
    {
        await using ITestRelay relay = kind == "own" ? await OwnRelay.StartAsync() : await NpmRelay.StartAsync();
        await using var reader = await StartReaderAsync(relay);
        await using var router = await StartRouterAsync(relay);
        await FindAsync(reader, router.Key.PublicKey);
        await using var tools = new NostrTools();

        var events = await tools.FetchAsync(relay.Url, new JsonObject { ["kinds"] = new JsonArray(FedAiKinds.CapsAnnounce), ["authors"] = new JsonArray(router.Key.PublicKey.Hex) });

        var found = events.ShouldHaveSingleItem()!;
        ((bool)found["verified"]!).ShouldBeTrue();
        var tags = found["event"]!["tags"]!.AsArray().ToDictionary(tag => (string)tag![0]!, tag => (string)tag![1]!);
        tags["d"].ShouldBe("fedai:main:caps");
        tags["n"].ShouldBe("main");
        tags["t"].ShouldBe("CAPS_ANNOUNCE");
        tags["v"].ShouldBe("0.1");
        (long.Parse(tags["expiration"], null) * 1000 - long.Parse(tags["exp"], null)).ShouldBeInRange(0, 1000);
        var content = JsonNode.Parse((string)found["event"]!["content"]!)!;
        ((string)content["routerId"]!).ShouldBe(router.Key.PublicKey.Npub);
        ((string)content["transportEndpoints"]![0]!).ShouldBe(router.Base.ToString());
    }

    [Theory, InlineData("own"), InlineData("npm")]
    public async Task Search_RelayAskedOnce_ListsTheRouter(string kind)
    {
        await using ITestRelay relay = kind == "own" ? await OwnRelay.StartAsync() : await NpmRelay.StartAsync();
        await using var reader = await StartReaderAsync(relay);
        await using var router = await StartRouterAsync(relay);
        await FindAsync(reader, router.Key.PublicKey);
        using var gone = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        gone.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0)); // bound and not listening: refuses connections
        var dead = new Uri($"ws://{gone.LocalEndPoint}/");

        var (routers, relays) = await RouterSearch.RunAsync([new PooledRelay(relay.Url, false), new PooledRelay(dead, false)], PeeringModule.RelaysHttp(PrivateNetworks.None),
            new TrustScores(PeerLists.Empty, new WotOptions()), new FederationNetwork("main"), Patience.Limit, TimeProvider.System, default);

        routers.ShouldHaveSingleItem().Key.ShouldBe(router.Key.PublicKey);
        relays[0].State.ShouldBe(RelayState.Connected);
        relays[1].Problem.ShouldNotBeNull();
    }

    [Fact]
    public async Task Router_ReachedThroughItsOwnRelayOnly_IsFoundThere()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var reader = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Relays = new RelayOptions { Bootstrap = [$"ws://127.0.0.1:{router.Base.Port}/relay"] } });

        (await FindAsync(reader, router.Key.PublicKey)).Base.ShouldBe(router.Base);
    }

    /// <summary>Nobody elsewhere can do anything with an address of this machine.</summary>
    [Fact]
    public async Task Router_ListensOnThisMachineOnly_IsNotAnnouncedToRelaysElsewhere()
    {
        await using var relay = await OwnRelay.StartAsync();
        var options = new FedAiOptions { Relays = new RelayOptions { Publish = ["wss://relay.example", relay.Url.ToString()] } };
        await using var permitted = await TestDaemon.StartAsync(Role.Router, options);
        await using var router = await TestDaemon.StartAsync(Role.Router, options, services => services.AddSingleton(new HttpOptions { Listen = "127.0.0.1:0" }));

        await Patience.UntilAsync(() => PeeringModule.Status(router.Services)["announced"] is { } announced && (int)announced["relays"]! == 1);

        ((int)PeeringModule.Status(router.Services)["announced"]!["withheld"]!).ShouldBe(1);
        permitted.Services.GetRequiredService<RelayPool>().Withheld.ShouldBe(0);
    }

    /// <summary>Row CARD-21: who knows nothing but a relay is listed with its endpoint and what it announced; on this machine only.</summary>
    [Fact]
    public async Task Peers_RouterJoinedThroughARelayAlone_IsListedWithItsCaps()
    {
        await using var relay = await OwnRelay.StartAsync();
        await using var reader = await StartReaderAsync(relay);
        await using var router = await StartRouterAsync(relay);
        await FindAsync(reader, router.Key.PublicKey);
        using var http = new HttpClient { BaseAddress = reader.Base };

        var peer = JsonNode.Parse(await http.GetStringAsync(new Uri("federation/peers", UriKind.Relative)))!["peers"]!.AsArray().ShouldHaveSingleItem()!;

        ((string)peer["npub"]!).ShouldBe(router.Key.PublicKey.Npub);
        ((string)peer["endpoint"]!).ShouldBe(router.Base.ToString());
        ((string)peer["caps"]!["routerId"]!).ShouldBe(router.Key.PublicKey.Npub);
        ((string)peer["caps"]!["transportEndpoints"]![1]!).ShouldBe(RelayEndpoints.UrlOf(router.Base).ToString());
        http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        (await http.GetAsync(new Uri("federation/peers", UriKind.Relative))).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Node_NewModel_IsAnnouncedAtOnce()
    {
        await using var relay = await OwnRelay.StartAsync();
        await using var reader = await StartReaderAsync(relay);
        await using var router = await StartRouterAsync(relay);
        await FindAsync(reader, router.Key.PublicKey);

        await using var node = await TestDaemon.StartAsync(Role.Node,
            new FedAiOptions { Node = new NodeOptions { Routers = [$"{router.Key.PublicKey.Npub}@{router.Base}"] } },
            services => services.AddSingleton<FedAi.Runners.IRunner>(new ScriptedRunner()));

        var found = await FindAsync(reader, router.Key.PublicKey, known => known.Profile.ModelCaps.Count > 0);
        found.Profile.ModelCaps.ShouldHaveSingleItem().ModelId.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Router_Stopped_IsForgottenAtOnce()
    {
        await using var relay = await OwnRelay.StartAsync();
        await using var reader = await StartReaderAsync(relay);
        var router = await StartRouterAsync(relay);
        var key = router.Key.PublicKey;
        await FindAsync(reader, key);

        await router.DisposeAsync();

        var directory = reader.Services.GetRequiredService<RouterDirectory>();
        await UntilAsync(directory, () => directory.Find(key) is null);
    }

    [Fact]
    public async Task Router_Restarted_AnnouncesWithALaterTime()
    {
        await using var relay = await OwnRelay.StartAsync();
        await using var reader = await StartReaderAsync(relay);
        using var folder = new TempFolder();
        using var key = KeyPair.Generate();
        var first = await StartRouterAsync(relay, key, folder.Path);
        var before = await FindAsync(reader, key.PublicKey);
        await first.DisposeAsync();

        await using var second = await StartRouterAsync(relay, key, folder.Path);

        var after = await FindAsync(reader, key.PublicKey, known => known.Base == second.Base);
        after.CreatedAt.ShouldBeGreaterThan(before.CreatedAt);
    }

    private static Task<TestDaemon> StartRouterAsync(ITestRelay relay, KeyPair? key = null, string? folder = null) =>
        TestDaemon.StartAsync(Role.Router, new FedAiOptions { Relays = new RelayOptions { Publish = [relay.Url.ToString()] } }, key: key, dataFolder: folder);

    private static Task<TestDaemon> StartReaderAsync(ITestRelay relay) =>
        TestDaemon.StartAsync(Role.Router, new FedAiOptions { Relays = new RelayOptions { Bootstrap = [relay.Url.ToString()] } });

    private static async Task<KnownRouter> FindAsync(TestDaemon reader, PublicKey router, Func<KnownRouter, bool>? wanted = null)
    {
        var directory = reader.Services.GetRequiredService<RouterDirectory>();
        KnownRouter? found = null;
        await UntilAsync(directory, () => (found = directory.Find(router)) is not null && wanted?.Invoke(found) != false);
        return found!;
    }

    private static async Task UntilAsync(RouterDirectory directory, Func<bool> condition)
    {
        while (true)
        {
            var change = directory.NextChange();
            if (condition()) return;
            await change.WaitAsync(Patience.Limit);
        }
    }
}
