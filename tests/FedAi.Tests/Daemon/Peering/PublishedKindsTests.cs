using System.Text.Json.Nodes;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Peering;

/// <summary>All that a router ever publishes, judged by nostr-tools and kept by our relay as by an independent one.</summary>
public sealed class PublishedKindsTests : IDisposable
{
    private readonly KeyPair key = KeyPair.Generate();
    private readonly long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public void Dispose() => key.Dispose();

    /// <summary>W-N1: without a <c>d</c> tag a relay keeps one event a kind, and the price sheets push each other out. Row ARC-15.</summary>
    [Theory, InlineData("own"), InlineData("npm")]
    public async Task Relay_SevenPriceSheetsAndTwiceTheCaps_KeepsEachSheetAndTheNewestCaps(string kind)
    {
        await using ITestRelay relay = kind == "own" ? await OwnRelay.StartAsync() : await NpmRelay.StartAsync();
        await using var pool = await RunningPool.StartAsync(relay.Url);
        var older = Announce(now - 5000);
        var newer = Announce(now);

        foreach (var message in older) await PublishAsync(pool, message);
        await PublishAsync(pool, newer[0]);

        await using var tools = new NostrTools();
        var stored = await tools.FetchAsync(relay.Url, new JsonObject { ["authors"] = new JsonArray(key.PublicKey.Hex) });
        stored.ShouldAllBe(found => (bool)found!["verified"]!);
        var ids = stored.Select(found => (string)found!["event"]!["id"]!).ToHashSet();
        ids.Count.ShouldBe(10, "7 price sheets, caps, status and receipts");
        ids.ShouldContain(newer[0].Id.ToString());
        ids.ShouldNotContain(older[0].Id.ToString());
    }

    [Theory, InlineData("own"), InlineData("npm")]
    public async Task Relay_WithdrawalAndDeletion_TakeThePlaceOfWhatWasAnnounced(string kind)
    {
        await using ITestRelay relay = kind == "own" ? await OwnRelay.StartAsync() : await NpmRelay.StartAsync();
        await using var pool = await RunningPool.StartAsync(relay.Url);
        var caps = Announce(now - 5000)[0];
        ControlEvents.TryParse(caps, out var said, out _).ShouldBeTrue();
        var withdrawal = ControlEvents.Sign(key, AnnouncementBuilder.Withdraw(said!, now) with { TimestampMs = now }, now / 1000 + 60);
        var deletion = NostrEvent.Sign(key, NostrKinds.Deletion, now / 1000, [["a", $"30020:{key.PublicKey.Hex}:fedai:main:caps"], ["k", "30020"]], "");
        await using var tools = new NostrTools();
        (await tools.VerifyAsync([caps, withdrawal, deletion])).ShouldBe([true, true, true]);

        await PublishAsync(pool, caps);
        await PublishAsync(pool, withdrawal);
        (await StoredAsync()).ShouldBe([withdrawal.Id.ToString()]);
        await PublishAsync(pool, deletion);

        if (kind == "own") (await StoredAsync()).ShouldBeEmpty();

        async Task<IReadOnlyList<string>> StoredAsync() =>
            [.. (await tools.FetchAsync(relay.Url, new JsonObject { ["kinds"] = new JsonArray(FedAiKinds.CapsAnnounce) })).Select(found => (string)found!["event"]!["id"]!)];
    }

    /// <summary>Row FAX-02: the reader of existing software takes everything that a router announces, its withdrawal too.</summary>
    [Fact]
    public async Task Announcements_ReadByTheRuleOfExistingSoftware_SayWhatWasMeant()
    {
        await using var tools = new NostrTools();
        var announced = Announce(now);
        ControlEvents.TryParse(announced[0], out var caps, out _).ShouldBeTrue();
        var withdrawal = ControlEvents.Sign(key, AnnouncementBuilder.Withdraw(caps!, now) with { TimestampMs = now }, now / 1000 + 60);

        var read = await tools.ParseAsync([.. announced, withdrawal, NostrEvent.Sign(key, 1, 1, [["exp", "1"]], "{}"), NostrEvent.Sign(key, FedAiKinds.CapsAnnounce, 1, [["d", "x"]], "{}")]);

        foreach (var (source, message) in announced.Zip(read))
        {
            ControlEvents.TryParse(source, out var meant, out _).ShouldBeTrue();
            ((string)message!["type"]!, (string)message["messageId"]!, (string)message["version"]!, (string)message["routerId"]!, (bool)message["ofItself"]!)
                .ShouldBe((FedAiKinds.TagOf(meant!.Type), meant.MessageId, ControlMessages.Version, key.PublicKey.Npub, true));
            ((long)message["timestamp"]!, (long)message["expiry"]!).ShouldBe((meant.TimestampMs, meant.ExpiryMs));
            JsonNode.DeepEquals(message["payload"], JsonNode.Parse(meant.Payload.Span)).ShouldBeTrue();
        }

        read.Select(message => (string?)message!["type"]).Distinct().ShouldBe(["CAPS_ANNOUNCE", "PRICE_ANNOUNCE", "STATUS_ANNOUNCE", "RECEIPT_SUMMARY", null]);
        ((long)read[^3]!["expiry"]!).ShouldBe(now);
        read.TakeLast(2).Select(message => (string?)message!["error"]).ShouldBe(["unsupported-kind", "missing-expiry"]);
    }

    private List<NostrEvent> Announce(long atMs)
    {
        var sample = new SampleAnnouncement(key, atMs);
        var offer = new RouterOffer(sample.Caps.Read(ProtocolJson.Default.CapabilityProfile)!, sample.Status.Read(ProtocolJson.Default.StatusPayload)!.LoadSummary)
        {
            Prices = [.. Enum.GetValues<RouterJobType>().Select(type => new PriceSheet
            {
                RouterId = "", JobType = type, Unit = FederationPriceUnit.Per1KTokens, BasePriceMsat = 1, CurrentSurge = 1, Timestamp = 0, Expiry = 0,
                Models = [new ModelPrice { ModelId = "größer \"und\" schöner", InputMsatPer1K = 1, OutputMsatPer1K = 2 }],
            })],
            Receipts = new ReceiptWindow(0, 900_000, new string('a', 64)),
        };
        return [.. AnnouncementBuilder.Build(offer, key.PublicKey.Npub, "main", atMs).Select(message => ControlEvents.Sign(key, message))];
    }

    private static async Task PublishAsync(RunningPool pool, NostrEvent value) =>
        (await pool.Pool.PublishAsync(value, default, urgent: true)).ShouldHaveSingleItem().IsPublished.ShouldBeTrue();
}
