using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Peering;

/// <summary>One run after another on one store, without any relay.</summary>
public sealed class HeardAnnouncementsTests : IAsyncDisposable
{
    private readonly TestStore store = new();
    private readonly ManualTime clock = new();
    private readonly KeyPair router = KeyPair.Generate();

    private SampleAnnouncement Sample => new(router, clock.GetUtcNow().ToUnixTimeMilliseconds()) { ExpiryMs = clock.GetUtcNow().ToUnixTimeMilliseconds() + AnnouncementBuilder.ValidMs };

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        router.Dispose();
    }

    [Fact]
    public async Task Restore_AfterARestart_KnowsTheRoutersOfTheLastRun()
    {
        var first = Run(PeerLists.Empty);
        first.Ingest.Take(Sample.SignCaps()).ShouldBe(IngestVerdict.Taken);
        clock.Move(TimeSpan.FromSeconds(1));
        first.Ingest.Take(Sample.SignStatus()).ShouldBe(IngestVerdict.Taken);
        await SavedAsync(2);

        var known = Run(PeerLists.Empty).Directory.Current.ShouldHaveSingleItem();

        known.Key.ShouldBe(router.PublicKey);
        known.Load.ShouldNotBeNull().ActiveJobs.ShouldBe(3);
    }

    /// <summary>The lists may have changed since, and the store is only a file.</summary>
    [Fact]
    public async Task Restore_WhatIsNotWelcomeAnyMore_IsNotTaken()
    {
        Run(PeerLists.Empty).Ingest.Take(Sample.SignCaps());
        (await store.Tables.Heard.SaveAsync((Sample with { Key = KeyPair.Generate() }).ForgeCaps(), long.MaxValue)).ShouldBeNull();
        await SavedAsync(2);

        Run(PeerLists.Empty with { Block = new HashSet<PublicKey> { router.PublicKey } }).Directory.Current.ShouldBeEmpty();
    }

    [Fact]
    public async Task Restore_Withdrawn_StaysWithdrawn()
    {
        var first = Run(PeerLists.Empty);
        var announced = Sample;
        first.Ingest.Take(announced.SignCaps());
        clock.Move(TimeSpan.FromSeconds(1));
        var now = Sample.NowMs;
        first.Ingest.Take(ControlEvents.Sign(router, AnnouncementBuilder.Withdraw(announced.Caps, now) with { TimestampMs = now }, now / 1000 + 60)).ShouldBe(IngestVerdict.Taken);
        await Patience.UntilAsync(() => store.Tables.Heard.Load() is [{ } kept] && kept.TagValue("exp") == $"{now}");

        Run(PeerLists.Empty).Directory.Current.ShouldBeEmpty();
    }

    [Fact]
    public async Task Routers_WordLongExpired_TheirRelaysAreStillKnown()
    {
        Run(PeerLists.Empty).Ingest.Take(Sample.SignCaps());
        await SavedAsync(1);
        clock.Move(TimeSpan.FromDays(3));

        var later = Run(PeerLists.Empty);

        later.Directory.Current.ShouldBeEmpty();
        later.Heard.Routers().ShouldHaveSingleItem().Router.ShouldBe(router.PublicKey);
    }

    [Fact]
    public async Task Keep_StrangersWordOfADay_CountsAsLongAsAnAnnouncementHolds()
    {
        var run = Run(PeerLists.Empty with { Follow = new HashSet<PublicKey> { router.PublicKey } });
        using var stranger = KeyPair.Generate();
        var now = Sample.NowMs;
        foreach (var key in (KeyPair[])[router, stranger])
            run.Ingest.Take((Sample with { Key = key, ExpiryMs = now + 86_000_000 }).SignCaps(now / 1000 + 86_000)).ShouldBe(IngestVerdict.Taken);
        await SavedAsync(2);

        clock.Move(TimeSpan.FromMilliseconds(AnnouncementBuilder.ValidMs + 1000));
        (await store.Tables.Heard.ForgetAsync(Sample.NowMs)).ShouldBeNull();

        run.Directory.Current.ShouldHaveSingleItem().Key.ShouldBe(router.PublicKey);
        store.Tables.Heard.Load().ShouldHaveSingleItem().Author.ShouldBe(Hex32.From(router.PublicKey));
    }

    private (HeardAnnouncements Heard, RelayIngest Ingest, RouterDirectory Directory) Run(PeerLists lists)
    {
        var trust = new TrustScores(lists, new WotOptions());
        var directory = new RouterDirectory(clock, trust);
        var ingest = new RelayIngest(new ControlMessageHandler(directory, PrivateNetworks.Loopback), trust, new FederationNetwork("main"), own: null, clock);
        var heard = new HeardAnnouncements(store.Tables.Heard, ingest, trust, clock);
        heard.Restore();
        return (heard, ingest, directory);
    }

    private Task SavedAsync(int rows) => Patience.UntilAsync(() => store.Tables.Heard.Load().Count == rows);
}
