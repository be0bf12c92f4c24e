using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Tests.Daemon.Peering;

/// <summary>The announcer with its own relay, and a clock that a test moves minute by minute.</summary>
public sealed class AnnouncementServiceTests : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private readonly KeyPair key = KeyPair.Generate();
    private readonly ManualTime clock = new();
    private readonly TestStore store = new();
    private readonly RelayHub hub;
    private readonly AnnouncementService service;
    private RouterOffer offer;

    public AnnouncementServiceTests()
    {
        hub = new RelayHub(new RelayLimits(), clock);
        var sample = new SampleAnnouncement(key, NowMs);
        offer = new RouterOffer(sample.Caps.Read(ProtocolJson.Default.CapabilityProfile)!, sample.Status.Read(ProtocolJson.Default.StatusPayload)!.LoadSummary);
        var address = new PublicAddress();
        address.Set(new Uri("http://127.0.0.1:8480/"), null);
        service = new AnnouncementService(new AnnouncementSigner(key, new FederationNetwork("main"), store.Tables.Announcements),
            new RelayOutlet(hub, new RelayPool([], new RelayPoolOptions(), clock, NullLogger<RelayPool>.Instance)), _ => offer, address, clock, NullLogger<AnnouncementService>.Instance);
    }

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task InitializeAsync()
    {
        var looked = clock.TimerOf(Minute);
        await service.StartAsync(default);
        await looked;
    }

    public async Task DisposeAsync()
    {
        await service.StopAsync(default);
        service.Dispose();
        await store.DisposeAsync();
        key.Dispose();
    }

    /// <summary>W-N5: announcements were signed again forever with the expiry of the first.</summary>
    [Fact]
    public async Task Announcement_TwoHoursOld_IsRefreshedWithANewExpiry()
    {
        var before = Kept("caps");
        for (var minute = 0; minute < 119; minute++) await NextAsync();
        Kept("caps").Id.ShouldBe(before.Id);

        await NextAsync();

        Kept("caps").TagValue("exp").ShouldBe($"{NowMs + AnnouncementBuilder.ValidMs}");
        Kept("caps").CreatedAt.ShouldBeGreaterThan(before.CreatedAt);
    }

    [Fact]
    public async Task Load_ChangesEveryMinute_IsToldEveryFiveMinutes()
    {
        var told = new HashSet<Hex32> { Kept("status").Id };
        for (var minute = 1; minute <= 20; minute++)
        {
            offer = offer with { Load = offer.Load with { ActiveJobs = minute } };
            await NextAsync();
            told.Add(Kept("status").Id);
        }

        told.Count.ShouldBe(5);
    }

    /// <summary>A router has no nodes when it starts, so the first that it says is that it is full; that must not stand for five minutes.</summary>
    [Fact]
    public async Task Load_RouterBecomesFree_IsToldAtOnce()
    {
        offer = offer with { Load = offer.Load with { BackpressureState = BackpressureState.Normal } };
        await NextAsync();

        Said().ShouldBe(BackpressureState.Normal);
        offer = offer with { Load = offer.Load with { BackpressureState = BackpressureState.Saturated } };
        await NextAsync();
        Said().ShouldBe(BackpressureState.Saturated);

        BackpressureState Said()
        {
            ControlEvents.TryParse(Kept("status"), out var message, out _).ShouldBeTrue();
            return message!.Read(ProtocolJson.Default.StatusPayload)!.LoadSummary.BackpressureState;
        }
    }

    /// <summary>Nodes that come back together are two changes (ARCHITECTURE D9).</summary>
    [Fact]
    public async Task Offer_ChangesSeveralTimesInARow_IsAnnouncedAtOnceAndWhenItRests()
    {
        await FirstChangeAsync(models: 2);
        Models().ShouldBe(2);

        for (var models = 3; models <= 6; models++)
        {
            Offer(models);
            await ChangedAsync();
            clock.Move(TimeSpan.FromSeconds(1));
        }

        Models().ShouldBe(2);
        var looked = clock.TimerOf(Minute);
        clock.Move(Settling);
        await looked;

        Models().ShouldBe(6);
    }

    [Fact]
    public async Task Offer_NeverRests_IsAnnouncedAllTheSame()
    {
        await FirstChangeAsync(models: 2);
        var before = Kept("caps");
        for (var second = 0; second < 20; second++)
        {
            Offer(second % 2);
            await ChangedAsync();
            clock.Move(TimeSpan.FromSeconds(1));
        }

        Kept("caps").ShouldBe(before);
        Offer(7);
        var looked = clock.TimerOf(Minute);
        service.OfferChanged();
        await looked;

        Models().ShouldBe(7);
    }

    [Fact]
    public async Task Price_NobodyDoesThatWorkAnyMore_IsWithdrawn()
    {
        offer = offer with { Prices = [Sheet(RouterJobType.GenChunk), Sheet(RouterJobType.Embedding)] };
        await NextAsync();
        Kept("price:EMBEDDING").TagValue("exp").ShouldBe($"{NowMs + AnnouncementBuilder.ValidMs}");
        offer = offer with { Prices = [Sheet(RouterJobType.GenChunk)] };

        await NextAsync();

        Kept("price:EMBEDDING").TagValue("exp").ShouldBe($"{NowMs}");
        Kept("price:EMBEDDING").ExpirationSeconds.ShouldBe(NowMs / 1000 + 60);
        Kept("price:GEN_CHUNK").ExpirationSeconds.ShouldBeGreaterThan(NowMs / 1000 + 3600);
    }

    /// <summary>Row ARC-15 as readers see it after the clock of this machine was set back: the newest still wins.</summary>
    [Fact]
    public async Task Clock_SetBackTenMinutes_WhatIsSaidLaterStillWins()
    {
        var before = Kept("caps");
        clock.Move(TimeSpan.FromMinutes(-10));
        offer = offer with { Caps = offer.Caps with { ModelCaps = [] } };

        var looked = clock.TimerOf(Minute);
        service.OfferChanged();
        await looked;

        Kept("caps").CreatedAt.ShouldBeGreaterThan(before.CreatedAt);
        Kept("caps").Id.ShouldNotBe(before.Id);
    }

    [Fact]
    public async Task Receipts_OneEventAQuarterHour_AndTheyStayWhenTheRouterLeaves()
    {
        for (var quarter = 0; quarter < 3; quarter++)
        {
            offer = offer with { Receipts = new ReceiptWindow(quarter * 900_000L, (quarter + 1) * 900_000L, new string('a', 64)) };
            await NextAsync();
            await NextAsync();
        }

        await service.WithdrawAsync();

        var receipts = hub.Find([new NostrFilter { Kinds = new HashSet<int> { FedAiKinds.ReceiptSummary } }]);
        receipts.Select(receipt => receipt.TagValue("d")).ShouldBe(["fedai:main:receipts:3", "fedai:main:receipts:2", "fedai:main:receipts:1"]);
        receipts.ShouldAllBe(receipt => receipt.ExpirationSeconds > NowMs / 1000 + 3600);
        ControlEvents.TryParse(receipts[0], out var message, out _).ShouldBeTrue();
        var summary = message!.Read(ProtocolJson.Default.ReceiptSummary).ShouldNotBeNull();
        (summary.RouterId, summary.ReceiptId, summary.ReceiptHash).ShouldBe((key.PublicKey.Npub, "1800000-2700000", new string('a', 64)));
    }

    [Fact]
    public async Task Withdraw_Twice_TakesEverythingBackOnce()
    {
        await service.WithdrawAsync();
        var withdrawn = Kept("caps");
        await service.WithdrawAsync();

        Kept("caps").ShouldBe(withdrawn);
        foreach (var what in (string[])["caps", "status"]) Kept(what).ExpirationSeconds.ShouldBe(NowMs / 1000 + 60);
    }

    private static PriceSheet Sheet(RouterJobType type) => new()
    {
        RouterId = "", JobType = type, Unit = FederationPriceUnit.Per1KTokens, BasePriceMsat = 1, CurrentSurge = 1, Timestamp = 0, Expiry = 0,
        Models = [new ModelPrice { ModelId = "demo", InputMsatPer1K = 1, OutputMsatPer1K = 1 }],
    };

    /// <summary>Moves to the announcer's next look, and waits until it has looked.</summary>
    private async Task NextAsync()
    {
        var looked = clock.TimerOf(Minute);
        clock.Move(Minute);
        await looked;
    }

    private void Offer(int models) =>
        offer = offer with { Caps = offer.Caps with { ModelCaps = [.. Enumerable.Range(0, models).Select(i => new ModelCap { ModelId = $"m{i}" })] } };

    /// <summary>A change after a rest, which is announced at once.</summary>
    private async Task FirstChangeAsync(int models)
    {
        Offer(models);
        var looked = clock.TimerOf(Minute);
        service.OfferChanged();
        await looked;
    }

    /// <summary>Tells of a change, and waits until the announcer waits for more of them.</summary>
    private async Task ChangedAsync()
    {
        var settling = clock.TimerOf(Settling);
        service.OfferChanged();
        await settling;
    }

    private int Models()
    {
        ControlEvents.TryParse(Kept("caps"), out var message, out _).ShouldBeTrue();
        return message!.Read(ProtocolJson.Default.CapabilityProfile)!.ModelCaps.Count;
    }

    private NostrEvent Kept(string what) =>
        hub.Find([new NostrFilter { Tags = new Dictionary<string, IReadOnlySet<string>> { ["d"] = new HashSet<string> { "fedai:main:" + what } } }]).ShouldHaveSingleItem();
}
