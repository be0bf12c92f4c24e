using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Tests.Daemon.Peering;

public sealed class TrustServiceTests : IAsyncDisposable
{
    private readonly KeyPair own = KeyPair.Generate(), friend = KeyPair.Generate(), far = KeyPair.Generate(), provider = KeyPair.Generate();
    private readonly TestStore store = new();
    private readonly ManualTime clock = new();
    private readonly TrustScores scores = new(PeerLists.Empty, new WotOptions());
    private readonly WotOptions web;
    private readonly RouterDirectory directory = new(TimeProvider.System);
    private readonly List<PublicKey> nodes = [];

    public TrustServiceTests() => web = new WotOptions { Providers = [provider.PublicKey.Npub] };

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public async ValueTask DisposeAsync()
    {
        foreach (var key in (KeyPair[])[own, friend, far, provider]) key.Dispose();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Fetch_GoesFromTheRootsStepByStep_AndSurvivesARestartWithoutRelays()
    {
        await using var relay = await OwnRelay.StartAsync();
        await using var pool = await RunningPool.StartAsync(relay.Url);
        await PublishAsync(pool, Follows(friend, Now, far), Follows(own, Now, friend), Rank(far, 50), Follows(far, Now, provider));
        var service = Service(pool.Pool, scores);

        await service.StartAsync(default);
        await Patience.UntilAsync(() => Score(far) == 350);
        (Score(own), Score(friend), Score(provider)).ShouldBe((1000, 500, 0));
        await Patience.UntilAsync(() => store.Tables.Trust.Load().Count == 3);
        await service.StopAsync(default);

        var alone = new TrustScores(PeerLists.Empty, new WotOptions());
        var later = Service(NoRelays, alone);
        await later.StartAsync(default);
        alone.Current.Of(Key(far)).ShouldBe(350);
        await later.StopAsync(default);
    }

    [Fact]
    public async Task Roots_FollowSomebodyNew_IsKnownAMinuteLater()
    {
        await using var relay = await OwnRelay.StartAsync();
        await using var pool = await RunningPool.StartAsync(relay.Url);
        await PublishAsync(pool, Follows(own, Now - 10, friend));
        var service = Service(pool.Pool, scores);
        var waiting = clock.TimerOf(TrustService.Pause);
        await service.StartAsync(default);
        await waiting;
        Score(friend).ShouldBe(500);

        // When the second one has come over the same connection, the first has been delivered to every subscription.
        await using var second = await pool.Pool.SubscribeAsync([new NostrFilter { Authors = new HashSet<Hex32> { Key(far) } }], default);
        await PublishAsync(pool, Follows(own, Now, far), Follows(far, Now, friend));
        await second.Events.ReadAsync(new CancellationTokenSource(Patience.Limit).Token);
        waiting = clock.TimerOf(TrustService.Pause);
        clock.Move(TrustService.Pause);
        await waiting;

        Score(far).ShouldBe(500);
        Score(friend).ShouldBe(250);
        await service.StopAsync(default);
    }

    /// <summary>As where a daemon knows only a directory, which names its relays when it has started.</summary>
    [Fact]
    public async Task Relay_FirstOneComesAfterTheStart_IsAskedAtOnce()
    {
        await using var relay = await OwnRelay.StartAsync();
        await using (var publishing = await RunningPool.StartAsync(relay.Url)) await PublishAsync(publishing, Follows(friend, Now, far), Follows(own, Now, friend));
        using var http = new HttpClient();
        using var stop = new CancellationTokenSource();
        var pool = new RelayPool([], RunningPool.Quick, TimeProvider.System, NullLogger<RelayPool>.Instance, identity: null, new RelayHttp(http, http));
        var running = pool.RunAsync(stop.Token);
        var service = Service(pool, scores);
        var looking = clock.TimerOf(TrustService.FirstLook);
        await service.StartAsync(default);
        await looking;

        pool.SetRelays([new PooledRelay(relay.Url, Publishes: false)]);
        await Patience.UntilAsync(() => pool.Status.Any(one => one.State is RelayState.Connected));
        clock.Move(TrustService.FirstLook);

        await Patience.UntilAsync(() => Score(far) == 250);
        await service.StopAsync(default);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    [Fact]
    public async Task NamedRoots_NoRelayTellsWhomTheyFollow_StrangersAreKeptOutForTwoMinutes()
    {
        var service = Service(NoRelays, scores, options: new WotOptions { Roots = [friend.PublicKey.Npub] });
        var waiting = clock.TimerOf(TrustService.Pause);
        await service.StartAsync(default);
        await waiting;
        scores.Judge(far.PublicKey).ShouldBe(PeerStanding.Distrusted);

        var change = scores.NextChange();
        for (var waited = TimeSpan.Zero; waited < TrustService.LongestWait; waited += TrustService.Pause)
        {
            scores.Judge(far.PublicKey).ShouldBe(PeerStanding.Distrusted);
            waiting = clock.TimerOf(TrustService.Pause);
            clock.Move(TrustService.Pause);
            await waiting;
        }

        scores.Judge(far.PublicKey).ShouldBe(PeerStanding.Stranger);
        change.IsCompleted.ShouldBeTrue("whoever dropped strangers' words asks for them again");
        await service.StopAsync(default);
    }

    [Fact]
    public async Task NamedRoots_FollowNobodyAndWereAsked_StrangersAreHeard()
    {
        await using var relay = await OwnRelay.StartAsync();
        await using var pool = await RunningPool.StartAsync(relay.Url);
        var service = Service(pool.Pool, scores, options: new WotOptions { Roots = [friend.PublicKey.Npub] });
        var waiting = clock.TimerOf(TrustService.Pause);
        await service.StartAsync(default);
        await waiting;

        scores.Judge(far.PublicKey).ShouldBe(PeerStanding.Stranger);
        await service.StopAsync(default);
    }

    /// <summary>Five thousand follows make a list of 350 KB, at a relay that others run.</summary>
    [Fact]
    public async Task Roots_FollowThousands_AllOfThemCount()
    {
        static Hex32 Number(int number) => Hex32.TryParse($"{number:x64}", out var key) ? key : throw new FormatException();
        var list = NostrEvent.Sign(own, NostrKinds.FollowList, Now, [.. Enumerable.Range(1, 5000).Select(number => (string[])["p", $"{number:x64}"])], "");
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            while (true)
            {
                var request = await client.ReceiveAsync("REQ");
                await client.SendAsync(RelayFrame.WriteEvent((string)request[1]!, list));
                await client.SendAsync(RelayFrame.WriteEose((string)request[1]!));
            }
        });
        await using var pool = await RunningPool.StartAsync(relay.Url);
        var service = Service(pool.Pool, scores);

        await service.StartAsync(default);

        await Patience.UntilAsync(() => scores.Current.Of(Number(5000)) == 500);
        scores.Current.Of(Number(1)).ShouldBe(500);
        await service.StopAsync(default);
    }

    /// <summary>The provider ranks more keys than a relay gives: these are not among its newest.</summary>
    [Fact]
    public async Task Providers_AreAskedAboutThePeersThatAreKnown()
    {
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            while (true)
            {
                var request = await client.ReceiveAsync("REQ");
                foreach (var (subject, rank) in (IEnumerable<(KeyPair, int)>)[(friend, 40), (far, 50)])
                    if (request.ToJsonString().Contains($"\"#d\":[\"{Key(subject)}\"]", StringComparison.Ordinal)) await client.SendAsync(RelayFrame.WriteEvent((string)request[1]!, Rank(subject, rank)));
                await client.SendAsync(RelayFrame.WriteEose((string)request[1]!));
            }
        });
        await using var pool = await RunningPool.StartAsync(relay.Url);
        var service = Service(pool.Pool, scores);
        nodes.Add(friend.PublicKey);
        var waiting = clock.TimerOf(TrustService.Pause);
        await service.StartAsync(default);
        await waiting;
        (Score(friend), Score(far)).ShouldBe((80, 0));

        directory.Observe(AnnouncedRouter.At(far.PublicKey, new Uri("http://127.0.0.1:1/"), WireClient.Now, "m")).ShouldBeTrue();
        waiting = clock.TimerOf(TrustService.Pause);
        clock.Move(TrustService.Pause);
        await waiting;

        (Score(friend), Score(far)).ShouldBe((80, 100));
        await service.StopAsync(default);
    }

    [Fact]
    public async Task OwnRelay_IsARelayToo()
    {
        var hub = new RelayHub(new RelayLimits(), TimeProvider.System);
        hub.Publish(Follows(own, Now, friend)).Accepted.ShouldBeTrue();
        var service = Service(NoRelays, scores, hub: hub);
        var waiting = clock.TimerOf(TrustService.Pause);
        await service.StartAsync(default);
        await waiting;
        Score(friend).ShouldBe(500);

        hub.Publish(Follows(friend, Now, far)).Accepted.ShouldBeTrue();
        waiting = clock.TimerOf(TrustService.Pause);
        clock.Move(TrustService.Pause);
        await waiting;
        Score(far).ShouldBe(250);
        await service.StopAsync(default);
    }

    [Fact]
    public async Task Experience_IsKeptWhenItStops()
    {
        var experience = new PeerExperience(clock);
        var service = Service(NoRelays, scores, experience);
        await service.StartAsync(default);
        experience.Failed(friend.PublicKey);
        await service.StopAsync(default);

        store.Tables.Experience.Load().ShouldHaveSingleItem().Bad.ShouldBe(1);
    }

    private RelayPool NoRelays => new RelayPool([], new RelayPoolOptions(), clock, NullLogger<RelayPool>.Instance);

    private TrustService Service(RelayPool pool, TrustScores into, PeerExperience? experience = null, RelayHub? hub = null, WotOptions? options = null)
    {
        experience ??= new PeerExperience(clock);
        var sources = TrustSources.Of(Key(own), PeerLists.Empty, options ?? web);
        var known = new KnownPeers(directory, experience) { Nodes = () => nodes };
        return new TrustService(pool, new WebOfTrust(into, sources, experience, store.Tables.Trust, store.Tables.Experience, TimeProvider.System), known, clock, NullLogger<TrustService>.Instance, hub);
    }

    private static async Task PublishAsync(RunningPool pool, params NostrEvent[] events)
    {
        foreach (var value in events) (await pool.Pool.PublishAsync(value, default)).ShouldAllBe(answer => answer.IsPublished);
    }

    private static NostrEvent Follows(KeyPair author, long at, params KeyPair[] keys) =>
        NostrEvent.Sign(author, NostrKinds.FollowList, at, [.. keys.Select(key => (string[])["p", Key(key).ToString()])], "");

    private NostrEvent Rank(KeyPair subject, int rank) => NostrEvent.Sign(provider, NostrKinds.Assertion, Now, [["d", Key(subject).ToString()], ["rank", $"{rank}"]], "");

    private int Score(KeyPair key) => scores.Current.Of(Key(key));

    private static Hex32 Key(KeyPair key) => Hex32.From(key.PublicKey);
}
