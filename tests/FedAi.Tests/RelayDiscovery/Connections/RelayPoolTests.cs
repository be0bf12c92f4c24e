using System.Text.Json.Nodes;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;

namespace FedAi.Tests.RelayDiscovery.Connections;

/// <summary>The pool against real relays: our own and an independent one must be indistinguishable.</summary>
public sealed class RelayPoolTests
{
    public static TheoryData<string> Relays => ["own", "npm"];

    [Theory, MemberData(nameof(Relays))]
    public async Task Publish_Announcement_ReachesSubscribersOldAndNew(string kind)
    {
        await using var relay = await StartAsync(kind);
        await using var writer = await RunningPool.StartAsync(relay.Url);
        await using var reader = await RunningPool.StartAsync(relay.Url);
        using var key = KeyPair.Generate();
        var live = await reader.Pool.SubscribeAsync([Announcements], default);
        await foreach (var _ in live.ReadStoredAsync(Patience.Limit, default)) { }

        var announcement = Announce(key, "caps", 0);
        var results = await writer.Pool.PublishAsync(announcement, default);

        results.ShouldHaveSingleItem().Verdict.ShouldBe(RelayVerdict.Accepted);
        (await NextAsync(live)).Event.Id.ShouldBe(announcement.Id);
        var late = await reader.Pool.SubscribeAsync([Announcements], default);
        var stored = await late.ReadStoredAsync(Patience.Limit, default).ToListAsync();
        stored.ShouldHaveSingleItem().Event.Verify().ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Relays))]
    public async Task Publish_SameEventTwice_CountsAsPublishedBothTimes(string kind)
    {
        await using var relay = await StartAsync(kind);
        await using var writer = await RunningPool.StartAsync(relay.Url);
        using var key = KeyPair.Generate();
        var announcement = Announce(key, "caps", 0);

        await writer.Pool.PublishAsync(announcement, default);
        var again = await writer.Pool.PublishAsync(announcement, default);

        again.ShouldHaveSingleItem().IsPublished.ShouldBeTrue();
        if (kind == "own") again[0].Verdict.ShouldBe(RelayVerdict.Duplicate);
    }

    [Theory, MemberData(nameof(Relays))]
    public async Task Publish_NewerOfTheSameAddress_ReplacesAndOthersStay(string kind)
    {
        await using var relay = await StartAsync(kind);
        await using var pool = await RunningPool.StartAsync(relay.Url);
        using var key = KeyPair.Generate();
        var newest = Announce(key, "caps", 2);

        await pool.Pool.PublishAsync(Announce(key, "caps", 1), default);
        await pool.Pool.PublishAsync(newest, default);
        await pool.Pool.PublishAsync(Announce(key, "caps", 0), default);
        await pool.Pool.PublishAsync(Announce(key, "other", 0), default);

        var subscription = await pool.Pool.SubscribeAsync([Announcements], default);
        var stored = await subscription.ReadStoredAsync(Patience.Limit, default).ToListAsync();
        stored.Select(found => found.Event.TagValue("d")).ShouldBe(["fedai:test:caps", "fedai:test:other"], ignoreOrder: true);
        stored.ShouldContain(found => found.Event.Id == newest.Id);
    }

    [Theory, MemberData(nameof(Relays))]
    public async Task Publish_Ephemeral_IsDeliveredAndNotStored(string kind)
    {
        await using var relay = await StartAsync(kind);
        await using var pool = await RunningPool.StartAsync(relay.Url);
        using var key = KeyPair.Generate();
        NostrFilter[] filters = [new NostrFilter { Kinds = new HashSet<int> { FedAiKinds.Rfb }, Authors = new HashSet<Hex32> { Hex32.From(key.PublicKey) } }];
        var live = await pool.Pool.SubscribeAsync(filters, default);
        await foreach (var _ in live.ReadStoredAsync(Patience.Limit, default)) { }
        var request = Sign(key, ControlMessageType.Rfb, null, 0);

        await pool.Pool.PublishAsync(request, default);

        (await NextAsync(live)).Event.Id.ShouldBe(request.Id);
        var late = await pool.Pool.SubscribeAsync(filters, default);
        (await late.ReadStoredAsync(Patience.Limit, default).ToListAsync()).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Relays))]
    public async Task Publish_Forged_IsRefusedAsInvalid(string kind)
    {
        await using var relay = await StartAsync(kind);
        await using var pool = await RunningPool.StartAsync(relay.Url);
        using var key = KeyPair.Generate();
        var json = NostrTools.ToJson(Announce(key, "caps", 0));
        json["created_at"] = (long)json["created_at"]! - 1;
        NostrEvent.TryParse(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()), out var forged).ShouldBeTrue();

        var results = await pool.Pool.PublishAsync(forged!, default);

        results.ShouldHaveSingleItem().Verdict.ShouldBe(RelayVerdict.Invalid);
    }

    [Theory, MemberData(nameof(Relays))]
    public async Task Relay_Restarted_IsSubscribedAgainAndToldAgain(string kind)
    {
        var relay = await StartAsync(kind);
        await using var writer = await RunningPool.StartAsync(relay.Url);
        await using var reader = await RunningPool.StartAsync(relay.Url);
        using var key = KeyPair.Generate();
        var subscription = await reader.Pool.SubscribeAsync([Announcements], default);
        var announcement = Announce(key, "caps", 0);
        await writer.Pool.PublishAsync(announcement, default);
        (await NextAsync(subscription)).Event.Id.ShouldBe(announcement.Id);

        // The new relay is empty: only both pools coming back on their own can deliver it again.
        await using var restarted = await relay.RestartAsync();

        (await NextAsync(subscription)).Event.Id.ShouldBe(announcement.Id);
    }

    [Theory, MemberData(nameof(Relays))]
    public async Task Subscribe_ToAuthorsAndTypes_GetsThoseAndNobodyElses(string kind)
    {
        // WIRE W-N2: the existing software asks for npubs, which match nothing.
        await using var relay = await StartAsync(kind);
        await using var pool = await RunningPool.StartAsync(relay.Url);
        using var key = KeyPair.Generate();
        using var other = KeyPair.Generate();
        var wanted = Announce(key, "caps", 0);
        await pool.Pool.PublishAsync(Announce(other, "caps", 0), default);
        await pool.Pool.PublishAsync(wanted, default);
        // The same kind as an article or a shop of other software.
        await pool.Pool.PublishAsync(NostrEvent.Sign(key, FedAiKinds.CapsAnnounce, wanted.CreatedAt, [["d", "my-shop"]], "{}"), default);

        var subscription = await pool.Pool.SubscribeAsync([new NostrFilter
        {
            Kinds = new HashSet<int> { FedAiKinds.CapsAnnounce },
            Authors = new HashSet<Hex32> { Hex32.From(key.PublicKey) },
            Tags = new Dictionary<string, IReadOnlySet<string>> { ["t"] = new HashSet<string> { FedAiKinds.TagOf(ControlMessageType.CapsAnnounce) } },
        }], default);

        (await subscription.ReadStoredAsync(Patience.Limit, default).ToListAsync()).ShouldHaveSingleItem().Event.Id.ShouldBe(wanted.Id);
        pool.Pool.Status[0].Problem.ShouldBeNull();
    }

    [Theory, MemberData(nameof(Relays))]
    public async Task NostrTools_ReadsAndVerifiesOurAnnouncement(string kind)
    {
        await using var relay = await StartAsync(kind);
        await using var pool = await RunningPool.StartAsync(relay.Url);
        await using var tools = new NostrTools();
        using var key = KeyPair.Generate();
        var announcement = Announce(key, "caps", 0);
        await pool.Pool.PublishAsync(announcement, default);

        var found = await tools.FetchAsync(relay.Url, new JsonObject { ["kinds"] = new JsonArray(FedAiKinds.CapsAnnounce), ["#d"] = new JsonArray("fedai:test:caps") });

        found.Count.ShouldBe(1);
        ((bool)found[0]!["verified"]!).ShouldBeTrue();
        ((string)found[0]!["event"]!["id"]!).ShouldBe(announcement.Id.ToString());
    }

    [Theory, MemberData(nameof(Relays))]
    public async Task Publish_ByNostrTools_ReachesOurSubscription(string kind)
    {
        await using var relay = await StartAsync(kind);
        await using var pool = await RunningPool.StartAsync(relay.Url);
        await using var tools = new NostrTools();
        using var key = KeyPair.Generate();
        var live = await pool.Pool.SubscribeAsync([Announcements], default);
        await foreach (var _ in live.ReadStoredAsync(Patience.Limit, default)) { }
        var announcement = Announce(key, "caps", 0);

        var answer = await tools.PublishAsync(relay.Url, NostrTools.ToJson(announcement));

        ((bool)answer["accepted"]!).ShouldBeTrue((string?)answer["message"]);
        (await NextAsync(live)).Event.Verify().ShouldBeTrue();
    }

    [Fact]
    public async Task Publish_OneRelayOfTwoDown_TheOtherHasIt()
    {
        await using var relay = await OwnRelay.StartAsync();
        var gone = await OwnRelay.StartAsync();
        await gone.DisposeAsync();
        await using var pool = await RunningPool.StartAsync(relay.Url, gone.Url);
        using var key = KeyPair.Generate();

        var results = await pool.Pool.PublishAsync(Announce(key, "caps", 0), default);

        results.Single(result => result.Relay == relay.Url).Verdict.ShouldBe(RelayVerdict.Accepted);
        results.Single(result => result.Relay == gone.Url).Verdict.ShouldBe(RelayVerdict.NotConnected);
        var subscription = await pool.Pool.SubscribeAsync([Announcements], default);
        (await NextAsync(subscription)).Relay.ShouldBe(relay.Url);
    }

    private static NostrFilter Announcements => new() { Kinds = new HashSet<int> { FedAiKinds.CapsAnnounce }, Limit = 500 };

    private static async Task<ITestRelay> StartAsync(string kind) =>
        kind == "own" ? await OwnRelay.StartAsync() : await NpmRelay.StartAsync();

    private static async Task<RelayedEvent> NextAsync(RelaySubscription subscription)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        return await subscription.Events.ReadAsync(patience.Token);
    }

    private static NostrEvent Announce(KeyPair key, string what, int later) =>
        Sign(key, ControlMessageType.CapsAnnounce, $"fedai:test:{what}", later);

    private static NostrEvent Sign(KeyPair key, ControlMessageType type, string? address, int later)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 10_000 + later * 1000;
        return ControlEvents.Sign(key, new ControlEvent
        {
            Type = type, MessageId = Guid.CreateVersion7().ToString(), TimestampMs = now, ExpiryMs = now + 3_600_000,
            Payload = "{}"u8.ToArray(), Network = "test", Address = address,
        });
    }
}
