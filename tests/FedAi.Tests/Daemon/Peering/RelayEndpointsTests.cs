using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Peering;

/// <summary>The daemon's own relay as strangers meet it: over a real socket, honest or not.</summary>
public sealed class RelayEndpointsTests : IDisposable
{
    private readonly KeyPair key = KeyPair.Generate();

    private SampleAnnouncement Sample => new(key, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    public void Dispose() => key.Dispose();

    [Fact]
    public async Task Get_AcceptingNip11_TellsTheLimitsThatAreEnforced()
    {
        await using var relay = await OwnRelay.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(relay.Url) { Scheme = "http" }.Uri);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/nostr+json"));

        using var response = await http.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/nostr+json");
        response.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        var document = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        document["supported_nips"]!.AsArray().Select(nip => (int)nip!).ShouldBe([1, 11, 40]);
        ((int)document["limitation"]!["max_message_length"]!).ShouldBe(new RelayLimits().MaxFrameBytes);
        ((int)document["limitation"]!["max_subscriptions"]!).ShouldBe(new RelayLimits().MaxSubscriptions);
    }

    [Fact]
    public async Task Get_Plain_ExplainsWhatThisIs()
    {
        await using var relay = await OwnRelay.StartAsync();
        using var http = new HttpClient();

        using var response = await http.GetAsync(new UriBuilder(relay.Url) { Scheme = "http" }.Uri);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        ((string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["hint"]!).ShouldContain("WebSocket");
    }

    [Fact]
    public async Task Event_RefusedOnes_AreToldWhyByPrefix()
    {
        await using var relay = await OwnRelay.StartAsync();
        using var client = await NostrSocket.ConnectAsync(relay.Url);
        var now = Sample.NowMs / 1000;

        (await PublishAsync(client, Sample.ForgeCaps())).ShouldBe((false, "invalid"));
        (await PublishAsync(client, NostrEvent.Sign(key, 1, now, [], "a note"))).ShouldBe((false, "blocked"));
        (await PublishAsync(client, NostrEvent.Sign(key, 30020, now, [["d", "auction"]], "{}"))).ShouldBe((false, "blocked"));
        (await PublishAsync(client, NostrEvent.Sign(key, 30020, now, [["d", "x"], ["t", "RFB"], ["exp", "4102444800000"]], "{}"))).ShouldBe((false, "blocked"));
        (await PublishAsync(client, NostrEvent.Sign(key, 30020, now, [["d", "x"], ["exp", "4102444800000"]], $"\"{new string('x', ControlEvents.MaxContentBytes)}\""))).ShouldBe((false, "blocked"));
        (await PublishAsync(client, ControlEvents.Sign(key, Sample.Caps with { TimestampMs = (now + 1000) * 1000 }))).ShouldBe((false, "invalid"));
        (await PublishAsync(client, ControlEvents.Sign(key, Sample.Caps with { ExpiryMs = (now - 10) * 1000 }))).ShouldBe((false, "invalid"));
        (await PublishAsync(client, ControlEvents.Sign(key, Sample.Caps with { Type = ControlMessageType.Rfb }))).ShouldBe((false, "mute"));
        (await PublishAsync(client, NostrEvent.Sign(key, NostrKinds.RelayList, now, [["r", "wss://relay.example"]], ""))).ShouldBe((true, ""));
        relay.Hub.StoredEvents.ShouldBe(1);
    }

    /// <summary>Row ARC-18: what the own relay turns away for a list is counted as what other relays bring.</summary>
    [Theory]
    [InlineData("mute")]
    [InlineData("block")]
    [InlineData("allowlist")]
    public void Event_OfAListedAuthor_IsCountedByTheList(string reason)
    {
        using var metrics = new MetricsText();
        using var allowed = KeyPair.Generate();
        var lists = new FilterOptions { Mute = reason == "mute" ? [key.PublicKey.Npub] : [], Block = reason == "block" ? [key.PublicKey.Npub] : [], Allow = reason == "allowlist" ? [allowed.PublicKey.Npub] : [] };
        var hub = new RelayHub(new RelayLimits(), TimeProvider.System, new RelayWriters(new TrustScores(PeerLists.From(lists), new WotOptions()), own: default));

        hub.Publish(Sample.SignCaps()).Accepted.ShouldBeFalse();

        metrics.Write().ShouldContain($"fedai_relay_events_dropped_total{{reason=\"{reason}\"}}");
    }

    [Fact]
    public async Task Event_DuplicateAndOlder_AreAcceptedAsDuplicates()
    {
        await using var relay = await OwnRelay.StartAsync();
        using var client = await NostrSocket.ConnectAsync(relay.Url);
        var announcement = Sample.SignCaps();

        (await PublishAsync(client, announcement)).ShouldBe((true, ""));
        (await PublishAsync(client, announcement)).ShouldBe((true, "duplicate"));
        (await PublishAsync(client, ControlEvents.Sign(key, Sample.Caps with { TimestampMs = Sample.NowMs - 60_000 }))).ShouldBe((true, "duplicate"));
        relay.Hub.StoredEvents.ShouldBe(1);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("[\"COUNT\",\"a\",{}]")]
    [InlineData("[\"EVENT\",{}]")]
    [InlineData("[\"EVENT\",null]")]
    [InlineData("[\"REQ\"]")]
    [InlineData("[\"CLOSE\"]")]
    [InlineData("[\"REQ\",5,{}]")]
    public async Task Frame_Malformed_GetsANoticeAndTheConnectionLives(string frame)
    {
        await using var relay = await OwnRelay.StartAsync();
        using var client = await NostrSocket.ConnectAsync(relay.Url);

        await client.SendAsync(frame);

        ((string)(await client.ReceiveAsync())[0]!).ShouldBe("NOTICE");
        await client.SendAsync("""["REQ","a",{}]""");
        ((string)(await client.ReceiveAsync())[0]!).ShouldBe("EOSE");
    }

    [Theory]
    [InlineData("""["REQ","a"]""", "unsupported")]
    [InlineData("""["REQ","a",5]""", "unsupported")]
    [InlineData("""["REQ","a",{"search":"x"}]""", "unsupported")]
    [InlineData("""["REQ","a",{"authors":["npub10xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqpkge6d"]}]""", "unsupported")]
    [InlineData("""["REQ","a",{"ids":["AA"]}]""", "unsupported")]
    [InlineData("""["REQ","a",{"kinds":["1"]}]""", "unsupported")]
    [InlineData("""["REQ","a",{"#expiration":["1"]}]""", "unsupported")]
    [InlineData("""["REQ","a",{"since":-1}]""", "unsupported")]
    [InlineData("""["REQ","",{}]""", "invalid")]
    [InlineData("""["REQ","a",{},{},{},{},{},{},{},{},{},{},{}]""", "restricted")]
    public async Task Req_ThatCannotBeServed_IsClosedWithAPrefix(string frame, string prefix)
    {
        await using var relay = await OwnRelay.StartAsync();
        using var client = await NostrSocket.ConnectAsync(relay.Url);

        await client.SendAsync(frame);

        var answer = await client.ReceiveAsync();
        ((string)answer[0]!).ShouldBe("CLOSED");
        ((string)answer[2]!).ShouldStartWith(prefix + ":");
    }

    [Fact]
    public async Task Req_OneSubscriptionTooMany_IsClosedUntilAnotherEnds()
    {
        await using var relay = await OwnRelay.StartAsync(limits: new RelayLimits { MaxSubscriptions = 2 });
        using var client = await NostrSocket.ConnectAsync(relay.Url);

        (await AskAsync(client, "a")).ShouldBe("EOSE");
        (await AskAsync(client, "b")).ShouldBe("EOSE");
        (await AskAsync(client, "b")).ShouldBe("EOSE");
        (await AskAsync(client, "c")).ShouldBe("CLOSED");
        await client.SendAsync("""["CLOSE","a"]""");
        (await AskAsync(client, "c")).ShouldBe("EOSE");
    }

    [Fact]
    public async Task Frames_FasterThanAllowed_AreRateLimited()
    {
        await using var relay = await OwnRelay.StartAsync(limits: new RelayLimits { FrameBurst = 2, FramesPerSecond = 0 });
        using var client = await NostrSocket.ConnectAsync(relay.Url);

        (await PublishAsync(client, Sample.SignCaps())).ShouldBe((true, ""));
        (await AskAsync(client, "a")).ShouldBe("EOSE");
        (await PublishAsync(client, Sample.SignStatus())).ShouldBe((false, "rate-limited"));
        (await AskAsync(client, "b")).ShouldBe("CLOSED");
        await client.SendAsync("garbage");
        await client.ReceiveAsync();
        (await Should.ThrowAsync<WebSocketException>(() => client.ReceiveAsync())).Message.ShouldContain("PolicyViolation");
    }

    /// <summary>Ten filters in one frame are ten questions, and looking through much that fits none of them is many more.</summary>
    [Fact]
    public async Task Req_FiltersAndWhatTheyCost_AreCounted()
    {
        await using var relay = await OwnRelay.StartAsync(limits: new RelayLimits { FrameBurst = 4, FramesPerSecond = 0, EventsPerFrame = 1 });
        using var client = await NostrSocket.ConnectAsync(relay.Url);

        await client.SendAsync("""["REQ","a",{"kinds":[1]},{"kinds":[1]},{"kinds":[1]},{"kinds":[1]},{"kinds":[1]}]""");
        ((string)(await client.ReceiveAsync())[0]!).ShouldBe("CLOSED");
        foreach (var kept in (NostrEvent[])[Sample.SignCaps(), Sample.SignStatus()]) relay.Hub.Publish(kept).Accepted.ShouldBeTrue();
        await client.SendAsync($$"""["REQ","a",{"kinds":[1],"authors":["{{new string('a', 64)}}"]}]""");
        ((string)(await client.ReceiveAsync())[0]!).ShouldBe("EOSE", "it names somebody of whom nothing is kept");
        (await AskAsync(client, "b")).ShouldBe("EOSE", "one filter, and two events looked at");
        (await AskAsync(client, "c")).ShouldBe("CLOSED");
    }

    [Fact]
    public void Origins_ConnectionsOfOneAddress_ShareWhatTheyMayAskAlsoAfterComingBack()
    {
        var clock = new ManualTime();
        var origins = new RelayOrigins(new RelayLimits { FrameBurst = 3, FramesPerSecond = 1, MaxConnectionsPerAddress = 2 }, clock);
        var first = origins.Enter(IPAddress.Parse("2001:470::1")).ShouldNotBeNull();
        var second = origins.Enter(IPAddress.Parse("2001:470::2")).ShouldNotBeNull();

        origins.Enter(IPAddress.Parse("2001:470::3")).ShouldBeNull("two connections of one network are open");
        (first.TryTake(2), second.TryTake(), second.TryTake()).ShouldBe((true, true, false));
        foreach (var left in (RelayOrigin[])[first, second]) origins.Leave(left);
        for (var i = 0; i < 2000; i++) origins.Leave(origins.Enter(IPAddress.Parse($"8.8.{i / 256}.{i % 256}"))!);
        origins.Enter(IPAddress.Parse("2001:470::1"))!.TryTake().ShouldBeFalse();
        clock.Move(TimeSpan.FromSeconds(1));
        origins.Enter(IPAddress.Parse("::ffff:9.9.9.9"))!.TryTake(3).ShouldBeTrue("another address has its own");
        first.TryTake().ShouldBeTrue();
        first.Pay(5000);
        clock.Move(TimeSpan.FromSeconds(4));
        first.TryTake().ShouldBeFalse("debts are paid off first");
        clock.Move(TimeSpan.FromSeconds(2));
        first.TryTake().ShouldBeTrue();
        foreach (var _ in Enumerable.Range(0, 10)) origins.Enter(IPAddress.IPv6Loopback).ShouldNotBeNull().TryTake(3).ShouldBeTrue();
    }

    [Fact]
    public async Task Frame_TooLong_EndsTheConnection()
    {
        await using var relay = await OwnRelay.StartAsync();
        using var client = await NostrSocket.ConnectAsync(relay.Url);

        using var metrics = new MetricsText();

        await client.SendAsync(ClientFrame.WriteEvent(NostrEvent.Sign(key, FedAiKinds.CapsAnnounce, 1, [], new string('x', 1024 * 1024))));

        (await Should.ThrowAsync<WebSocketException>(() => client.ReceiveAsync())).Message.ShouldContain("MessageTooBig");
        metrics.Write().ShouldContain("fedai_relay_events_dropped_total{reason=\"size\"}");
    }

    [Fact]
    public async Task Connections_MoreThanAllowed_AreTurnedAway()
    {
        await using var relay = await OwnRelay.StartAsync(limits: new RelayLimits { MaxConnections = 1 });
        using var first = await NostrSocket.ConnectAsync(relay.Url);
        (await AskAsync(first, "a")).ShouldBe("EOSE");

        await Should.ThrowAsync<WebSocketException>(() => NostrSocket.ConnectAsync(relay.Url));
    }

    [Fact]
    public async Task Reader_WhoNeverReads_IsCutOffAndOthersAreServed()
    {
        await using var relay = await OwnRelay.StartAsync(limits: new RelayLimits { MaxUnreadBytes = 200_000 });
        using var slow = await NostrSocket.ConnectAsync(relay.Url);
        using var reader = await NostrSocket.ConnectAsync(relay.Url);
        (await AskAsync(slow, "a")).ShouldBe("EOSE");
        (await AskAsync(reader, "a")).ShouldBe("EOSE");
        var payload = System.Text.Encoding.UTF8.GetBytes($"\"{new string('x', 16_000)}\"");
        var published = 0;

        // More than kernel buffers hold, one by one so that the reader keeps up.
        while (relay.Hub.Connections == 2 && published < 5000)
        {
            relay.Hub.Publish(ControlEvents.Sign(key, Sample.Caps with { Type = ControlMessageType.Rfb, Address = null, Payload = payload, MessageId = $"{published++}" })).Accepted.ShouldBeTrue();
            ((string)(await reader.ReceiveAsync())[0]!).ShouldBe("EVENT");
        }

        relay.Hub.Connections.ShouldBe(1);
    }

    /// <summary>The same events and questions at an independent relay: the same answers.</summary>
    [Fact]
    public async Task Filters_EveryMember_AgreeWithAnIndependentRelay()
    {
        await using var own = await OwnRelay.StartAsync();
        await using var independent = await NpmRelay.StartAsync();
        await using var tools = new NostrTools();
        using var other = KeyPair.Generate();
        var now = Sample.NowMs / 1000;
        List<NostrEvent> events = [];
        for (var i = 0; i < 12; i++)
        {
            var author = i % 3 == 0 ? other : key;
            events.Add(i % 4 == 0
                ? NostrEvent.Sign(author, NostrKinds.RelayList, now - i, [["r", $"wss://{i % 2}.example"]], "")
                : ControlEvents.Sign(author, (Sample with { Key = author }).Caps with { TimestampMs = (now - i) * 1000, Address = $"fedai:main:{i % 5}", Network = i % 2 == 0 ? "main" : "test" }));
        }

        foreach (var value in events)
            foreach (var relay in (Uri[])[own.Url, independent.Url])
                ((bool)(await tools.PublishAsync(relay, NostrTools.ToJson(value)))["accepted"]!).ShouldBeTrue();

        string[] filters =
        [
            "{}", """{"kinds":[30020]}""", """{"kinds":[10002]}""", """{"kinds":[1]}""", """{"limit":3}""", """{"limit":1,"kinds":[30020]}""",
            $$"""{"authors":["{{key.PublicKey.Hex}}"]}""", $$"""{"authors":["{{key.PublicKey.Hex}}","{{other.PublicKey.Hex}}"],"kinds":[30020]}""",
            $$"""{"ids":["{{events[1].Id}}","{{events[4].Id}}"]}""", """{"#n":["main"]}""", """{"#n":["main","test"],"#t":["CAPS_ANNOUNCE"]}""",
            """{"#n":["main"],"#d":["fedai:main:2"]}""", """{"#r":["wss://0.example"]}""", """{"#t":["BID"]}""",
            $$"""{"since":{{now - 5}}}""", $$"""{"until":{{now - 5}}}""", $$"""{"since":{{now - 6}},"until":{{now - 3}},"kinds":[30020]}""",
        ];
        foreach (var filter in filters)
            (await IdsAsync(tools, own.Url, filter)).ShouldBe(await IdsAsync(tools, independent.Url, filter), filter);
    }

    private static async Task<(bool Accepted, string Prefix)> PublishAsync(WebSocket client, NostrEvent value)
    {
        await client.SendAsync(ClientFrame.WriteEvent(value));
        var answer = await client.ReceiveAsync("OK");
        ((string)answer[1]!).ShouldBe(value.Id.ToString());
        return ((bool)answer[2]!, ((string)answer[3]!).Split(':')[0]);
    }

    private static async Task<string> AskAsync(WebSocket client, string subscription)
    {
        await client.SendAsync($$"""["REQ","{{subscription}}",{"kinds":[20020,1]}]""");
        var answer = await client.ReceiveAsync();
        ((string)answer[1]!).ShouldBe(subscription);
        return (string)answer[0]!;
    }

    private static async Task<IReadOnlyList<string>> IdsAsync(NostrTools tools, Uri relay, string filter) =>
        [.. (await tools.FetchAsync(relay, JsonNode.Parse(filter)!.AsObject())).Select(found => (string)found!["event"]!["id"]!).Order(StringComparer.Ordinal)];
}
