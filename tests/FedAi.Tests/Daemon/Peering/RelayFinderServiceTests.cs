using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Tests.Daemon.Peering;

/// <summary>Daemons that know nothing but a directory, against real directories and relays.</summary>
public sealed class RelayFinderServiceTests
{
    [Fact]
    public async Task Gateway_KnowsOnlyADirectory_FindsARouterThatKnowsOnlyTheSame()
    {
        await using var relay = await OwnRelay.StartAsync();
        await using var directory = await DirectoryServer.StartAsync(relay.Url);
        await using var router = await TestDaemon.StartAsync(Role.Router, Knowing(directory));
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, Knowing(directory));

        await Patience.UntilAsync(() => gateway.Services.GetRequiredService<RouterDirectory>().Find(router.Key.PublicKey) is not null);

        var joined = gateway.Services.GetRequiredService<RelayPool>().Status.ShouldHaveSingleItem();
        (joined.Relay, joined.IsConfigured).ShouldBe((relay.Url, false));
    }

    [Fact]
    public async Task Daemon_EveryDirectoryIsDownAfterARestart_JoinsWhatItRemembers()
    {
        using var folder = new TempFolder();
        using var key = KeyPair.Generate();
        await using var relay = await OwnRelay.StartAsync();
        await using var directory = await DirectoryServer.StartAsync(relay.Url);
        var memory = Path.Combine(folder.Path, "main", RelayMemory.FileName);
        await using (await TestDaemon.StartAsync(Role.Gateway, Knowing(directory), key: key, dataFolder: folder.Path))
            await Patience.UntilAsync(() => File.Exists(memory));
        directory.Answer = context => Task.FromException(new IOException("down"));

        await using var again = await TestDaemon.StartAsync(Role.Gateway, Knowing(directory), key: key, dataFolder: folder.Path);

        var pool = again.Services.GetRequiredService<RelayPool>();
        await Patience.UntilAsync(() => pool.Status is [{ State: RelayState.Connected }]);
    }

    [Fact]
    public async Task Directory_ChangesWhileTheDaemonRuns_IsFollowedAtTheNextRefresh()
    {
        using var folder = new TempFolder();
        var clock = new ManualTime();
        await using var directory = await DirectoryServer.StartAsync(DirectoryServer.Text("""["wss://a.example"]"""));
        var options = Knowing(directory).Relays with { RefreshMinutes = 10 };
        var http = PeeringModule.RelaysHttp(PrivateNetworks.None);
        // Nobody runs it: which relays it is to join is all that is asked.
        var pool = new RelayPool([], new RelayPoolOptions(), clock, NullLogger<RelayPool>.Instance, http: http);
        var hearsay = new RelayHearsay(pool, new RouterDirectory(clock), new TrustScores(PeerLists.Empty, new WotOptions()), options, clock);
        var search = new RelaySearch(RelaySources.Finder(options, http, clock), hearsay, new RelayMemory(folder.File(RelayMemory.FileName)), options);
        using var service = new RelayFinderService(search, new JoinedRelays(pool, options, clock), options, clock, NullLogger<RelayFinderService>.Instance);
        await service.StartAsync(default);
        await Patience.UntilAsync(() => pool.Status is [{ Relay.Host: "a.example" }]);

        directory.Answer = DirectoryServer.Text("""["wss://b.example"]""");
        await Patience.UntilAsync(() =>
        {
            clock.Move(TimeSpan.FromSeconds(5));
            return pool.Status is [{ Relay.Host: "b.example" }];
        });

        await service.StopAsync(default);
        service.ExecuteTask!.IsFaulted.ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"discoveredAtMs\":1,\"relays\":null,\"options\":{}}")]
    [InlineData("not json")]
    public async Task Daemon_MemoryIsBroken_StartsWithoutIt(string text)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "main"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "main", RelayMemory.FileName), text);
        await using var relay = await OwnRelay.StartAsync();
        await using var directory = await DirectoryServer.StartAsync(relay.Url);

        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, Knowing(directory), dataFolder: folder.Path);

        await Patience.UntilAsync(() => gateway.Services.GetRequiredService<RelayPool>().Status is [{ State: RelayState.Connected }]);
    }

    [Fact]
    public async Task Daemon_DirectoryThatNeverAnswers_KeepsNobodyWaiting()
    {
        await using var relay = await OwnRelay.StartAsync();
        await using var directory = await DirectoryServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions { Relays = new RelayOptions { Bootstrap = [relay.Url.ToString()], Directories = [directory.Url.ToString()] } });

        await Patience.UntilAsync(() => directory.Asked == 1);
        await Patience.UntilAsync(() => gateway.Services.GetRequiredService<RelayPool>().Status is [{ State: RelayState.Connected }]);
    }

    [Fact]
    public async Task Found_RelayAtAPrivateAddress_IsNotConnectedToUnlessAllowed()
    {
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) => await client.ReceiveAsync());
        var http = PeeringModule.RelaysHttp(PrivateNetworks.None);
        using var stop = new CancellationTokenSource();
        // By a name that resolves to this machine, too: the address counts, not its spelling.
        var byName = new UriBuilder(relay.Url) { Host = "localhost" }.Uri;
        var pool = new RelayPool([new PooledRelay(relay.Url, true, Configured: false), new PooledRelay(byName, true, Configured: false)],
            RunningPool.Quick, TimeProvider.System, NullLogger<RelayPool>.Instance, http: http);
        var running = pool.RunAsync(stop.Token);

        await Patience.UntilAsync(() => pool.Status.All(one => one.Failures > 0));

        pool.Status.ShouldAllBe(one => one.Problem!.Contains("address"));
        (relay.Connections, relay.DocumentsRead).ShouldBe((0, 0));
        pool.SetRelays([new PooledRelay(relay.Url, true)]);
        await Patience.UntilAsync(() => relay.Connections == 1);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    [Fact]
    public async Task Hearsay_ListOfAFollowedPeer_IsJoinedAndAStrangersIsNot()
    {
        using var friend = KeyPair.Generate();
        using var stranger = KeyPair.Generate();
        await using var first = await OwnRelay.StartAsync();
        await using var second = await OwnRelay.StartAsync();
        await using var evil = await OwnRelay.StartAsync();
        first.Hub.Publish(List(friend, second.Url)).Accepted.ShouldBeTrue();
        first.Hub.Publish(List(stranger, evil.Url)).Accepted.ShouldBeTrue();

        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions
        {
            Relays = new RelayOptions { Bootstrap = [first.Url.ToString()] },
            Filter = new() { Follow = [friend.PublicKey.Npub] },
        });

        var pool = gateway.Services.GetRequiredService<RelayPool>();
        await Patience.UntilAsync(() => pool.Status.Count(relay => relay.State is RelayState.Connected) == 2);
        pool.Status.Select(relay => relay.Relay).ShouldBe([first.Url, second.Url]);
    }

    /// <summary>Which relays only peers named is not written down: after a restart nobody could tell that no announcement is to go there.</summary>
    [Fact]
    public async Task Memory_DirectoryAndPeerNameRelays_HoldsWhatTheDirectoryNamed()
    {
        using var folder = new TempFolder();
        using var friend = KeyPair.Generate();
        await using var first = await OwnRelay.StartAsync();
        await using var listed = await OwnRelay.StartAsync();
        await using var heard = await OwnRelay.StartAsync();
        await using var directory = await DirectoryServer.StartAsync(listed.Url);
        first.Hub.Publish(List(friend, heard.Url)).Accepted.ShouldBeTrue();

        await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions
        {
            Relays = new RelayOptions { Bootstrap = [first.Url.ToString()], Directories = [directory.Url.ToString()] },
            Filter = new() { Follow = [friend.PublicKey.Npub] },
        }, dataFolder: folder.Path);

        // It is joined after it was heard of, and by then what is remembered is written.
        await Patience.UntilAsync(() => router.Services.GetRequiredService<RelayPool>().Status.Any(relay => relay.Relay == heard.Url && relay.State is RelayState.Connected));
        new RelayMemory(Path.Combine(folder.Path, "main", RelayMemory.FileName)).Load()!.Relays.ShouldHaveSingleItem().Url.ShouldBe(listed.Url.ToString());
    }

    [Fact]
    public async Task Status_Directories_ShowWhatEachSaid()
    {
        await using var relay = await OwnRelay.StartAsync();
        await using var directory = await DirectoryServer.StartAsync(relay.Url);
        await using var broken = await DirectoryServer.StartAsync(DirectoryServer.Text("nothing"));
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions { Relays = new RelayOptions { Directories = [directory.Url.ToString(), broken.Url.ToString()] } });

        await Patience.UntilAsync(() => gateway.Services.GetRequiredService<RelaySearch>().Answers.Count == 2);

        PeeringModule.Status(gateway.Services)["directories"]!.ToJsonString()
            .ShouldBe($$"""[{"url":"{{directory.Url}}","relays":1,"problem":null},{"url":"{{broken.Url}}","relays":null,"problem":"sends no JSON"}]""");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Hearsay_TwoPinnedOrFollowedMonitorsAgree_TheRelayIsJoinedAndGetsNoAnnouncement(bool pinned)
    {
        using var one = KeyPair.Generate();
        using var two = KeyPair.Generate();
        await using var first = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            while (true)
            {
                var request = await client.ReceiveAsync("REQ");
                var subscription = (string)request[1]!;
                foreach (var monitor in (KeyPair[])[one, two])
                    if (request.ToJsonString().Contains("30166", StringComparison.Ordinal))
                        await client.SendAsync(RelayFrame.WriteEvent(subscription, NostrEvent.Sign(monitor, NostrKinds.RelayDiscovery, Now, [["d", Named!.Url.ToString()]], "")));
                await client.SendAsync(RelayFrame.WriteEose(subscription));
            }
        });
        await using var named = await OwnRelay.StartAsync();
        Named = named;
        string[] monitors = [one.PublicKey.Npub, two.PublicKey.Npub];

        await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions
        {
            Relays = new RelayOptions { Bootstrap = [first.Url.ToString()], Monitors = pinned ? monitors : [] },
            Filter = new() { Follow = pinned ? [] : monitors },
        });

        var pool = router.Services.GetRequiredService<RelayPool>();
        await Patience.UntilAsync(() => pool.Status.Any(relay => relay.Relay == named.Url && relay.State is RelayState.Connected));
        named.Hub.StoredEvents.ShouldBe(0);
    }

    private OwnRelay? Named { get; set; }

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private static NostrEvent List(KeyPair peer, Uri relay) => NostrEvent.Sign(peer, NostrKinds.RelayList, Now, [["r", relay.ToString()]], "");

    private static FedAiOptions Knowing(DirectoryServer directory) => new() { Relays = new RelayOptions { Directories = [directory.Url.ToString()] } };
}
