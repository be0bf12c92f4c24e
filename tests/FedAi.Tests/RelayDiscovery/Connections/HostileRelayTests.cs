using System.Net.WebSockets;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;

namespace FedAi.Tests.RelayDiscovery.Connections;

/// <summary>Relays that lie, flood, stall and garble: the pool stays whole and reads on.</summary>
public sealed class HostileRelayTests
{
    private static readonly NostrFilter[] Wanted = [new NostrFilter { Kinds = new HashSet<int> { FedAiKinds.CapsAnnounce } }];

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[\"EVENT\"]")]
    [InlineData("[\"EVENT\",\"fedai-1\",{}]")]
    [InlineData("[\"EVENT\",\"fedai-1\",{\"id\":1}]")]
    [InlineData("[\"OK\",\"xyz\",true,\"\"]")]
    [InlineData("[\"OK\"]")]
    [InlineData("[\"EOSE\",5]")]
    [InlineData("[\"NOTICE\",\"half \\ud800 of a character\"]")]
    [InlineData("[\"NEG-MSG\",\"fedai-1\",\"00\"]")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public async Task Garbage_BetweenEvents_IsSkippedAndCounted(string garbage)
    {
        using var key = KeyPair.Generate();
        var real = Announce(key);
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            var subscription = (string)(await client.ReceiveAsync("REQ"))[1]!;
            await client.SendAsync(garbage);
            await client.SendAsync(RelayFrame.WriteEvent(subscription, real));
            await client.ReceiveAsync();
        });
        await using var pool = await RunningPool.StartAsync(relay.Url);

        var subscription = await pool.Pool.SubscribeAsync(Wanted, default);

        (await NextAsync(subscription)).Event.Id.ShouldBe(real.Id);
        pool.Pool.Status[0].RefusedFrames.ShouldBe(1);
        relay.Connections.ShouldBe(1);
    }

    /// <summary>A daemon that was told to stop before a relay had answered span on for ever.</summary>
    [Fact]
    public async Task ReadStored_RelayNeverAnswersAndTheReaderIsStopped_Ends()
    {
        await using var silent = await ScriptedRelay.StartAsync((_, _) => new TaskCompletionSource().Task.WaitAsync(Patience.Limit));
        await using var running = await RunningPool.StartAsync(silent.Url);
        using var stop = new CancellationTokenSource();
        await using var subscription = await running.Pool.SubscribeAsync(Wanted, default);
        await using var reading = subscription.ReadStoredAsync(Patience.Limit, stop.Token).GetAsyncEnumerator(default);
        var next = reading.MoveNextAsync().AsTask();

        _ = Task.Run(stop.Cancel);

        await Should.ThrowAsync<OperationCanceledException>(next.WaitAsync(Patience.Limit / 3));
    }

    /// <summary>Row ARC-22: by its size, before anybody parses it.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task Frame_OfOneMebibyte_IsSkippedWithoutLosingTheConnection(bool isEvent)
    {
        using var metrics = new MetricsText();
        using var key = KeyPair.Generate();
        var real = Announce(key);
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            var subscription = (string)(await client.ReceiveAsync("REQ"))[1]!;
            var text = new string('x', 1024 * 1024);
            await client.SendAsync(isEvent ? RelayFrame.WriteEvent(subscription, NostrEvent.Sign(key, FedAiKinds.CapsAnnounce, 1, [], text)) : System.Text.Encoding.UTF8.GetBytes($"[\"NOTICE\",\"{text}\"]"));
            await client.SendAsync(RelayFrame.WriteEvent(subscription, real));
            await client.ReceiveAsync();
        });
        await using var pool = await RunningPool.StartAsync(relay.Url);

        var subscription = await pool.Pool.SubscribeAsync(Wanted, default);

        (await NextAsync(subscription)).Event.Id.ShouldBe(real.Id);
        pool.Pool.Status[0].RefusedFrames.ShouldBe(1);
        metrics.Write().ShouldContain("fedai_relay_frames_refused_total{reason=\"size\"}");
        relay.Connections.ShouldBe(1);
    }

    /// <summary>Follow lists of thousands are common; nothing else of that length is let in, not even where such lists are read.</summary>
    [Fact]
    public async Task Frame_LongerThanOthers_IsReadOnlyForTheKindsThatMayBeLong()
    {
        using var key = KeyPair.Generate();
        IReadOnlyList<IReadOnlyList<string>> Keys(int count) => [.. Enumerable.Range(0, count).Select(number => (string[])["p", $"{number:x64}"])];
        var list = NostrEvent.Sign(key, NostrKinds.FollowList, 1, Keys(5000), "");
        var endless = NostrEvent.Sign(key, NostrKinds.FollowList, 2, Keys(8000), "");
        var report = NostrEvent.Sign(key, NostrKinds.Report, 3, Keys(5000), "");
        var end = NostrEvent.Sign(key, NostrKinds.FollowList, 4, Keys(1), "");
        var kinds = new HashSet<int> { NostrKinds.FollowList, NostrKinds.Report };
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            string[] asked = [(string)(await client.ReceiveAsync("REQ"))[1]!, (string)(await client.ReceiveAsync("REQ"))[1]!];
            foreach (var subscription in asked)
                foreach (var sent in (NostrEvent[])[list, endless, report, end]) await client.SendAsync(RelayFrame.WriteEvent(subscription, sent));
            await client.SendAsync(RelayFrame.WriteEvent("somebody-else", list));
            await client.ReceiveAsync();
        });
        await using var pool = await RunningPool.StartAsync(relay.Url);

        await using var lists = await pool.Pool.SubscribeAsync([new NostrFilter { Kinds = kinds }], default, new HashSet<int> { NostrKinds.FollowList });
        await using var others = await pool.Pool.SubscribeAsync([new NostrFilter { Kinds = kinds }], default);

        (await NextAsync(lists)).Event.Id.ShouldBe(list.Id);
        (await NextAsync(lists)).Event.Id.ShouldBe(end.Id);
        (await NextAsync(others)).Event.Id.ShouldBe(end.Id);
        await Patience.UntilAsync(() => pool.Pool.Status[0].RefusedFrames == 6);
        relay.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task Frame_WithoutEnd_EndsTheConnection()
    {
        var second = new TaskCompletionSource();
        await using var relay = await ScriptedRelay.StartAsync(async (self, client) =>
        {
            if (self.Connections > 1) second.TrySetResult();
            while (true) await client.SendAsync(new byte[64 * 1024], WebSocketMessageType.Text, endOfMessage: false, default);
        });
        await using var pool = await RunningPool.StartAsync(relay.Url);

        await second.Task.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Events_NotAskedFor_AreDropped()
    {
        using var key = KeyPair.Generate();
        var real = Announce(key);
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            var subscription = (string)(await client.ReceiveAsync("REQ"))[1]!;
            await client.SendAsync(RelayFrame.WriteEvent("somebody-else", Announce(key)));
            await client.SendAsync(RelayFrame.WriteEvent(subscription, NostrEvent.Sign(key, 1, 1, [], "a note")));
            await client.SendAsync(RelayFrame.WriteEvent(subscription, real));
            await client.ReceiveAsync();
        });
        await using var pool = await RunningPool.StartAsync(relay.Url);

        var subscription = await pool.Pool.SubscribeAsync(Wanted, default);

        (await NextAsync(subscription)).Event.Id.ShouldBe(real.Id);
        pool.Pool.Status[0].RefusedFrames.ShouldBe(2);
    }

    [Fact]
    public async Task Publish_RelayThatNeverAnswers_TimesOut()
    {
        using var key = KeyPair.Generate();
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            while (true) await client.ReceiveAsync();
        });
        await using var pool = await RunningPool.StartAsync(RunningPool.Quick with { AnswerTimeout = TimeSpan.FromMilliseconds(50) }, relay.Url);

        var results = await pool.Pool.PublishAsync(Announce(key), default);

        results.ShouldHaveSingleItem().Verdict.ShouldBe(RelayVerdict.TimedOut);
    }

    [Fact]
    public async Task Publish_RelayThatLeavesInstead_IsNotConnectedAndComesBackLater()
    {
        using var key = KeyPair.Generate();
        var announcement = Announce(key);
        var again = new TaskCompletionSource<string>();
        await using var relay = await ScriptedRelay.StartAsync(async (self, client) =>
        {
            var received = await client.ReceiveAsync("EVENT");
            if (self.Connections == 1) return;
            again.TrySetResult((string)received[1]!["id"]!);
            await client.ReceiveAsync();
        });
        await using var pool = await RunningPool.StartAsync(relay.Url);

        var results = await pool.Pool.PublishAsync(announcement, default);

        results.ShouldHaveSingleItem().Verdict.ShouldBe(RelayVerdict.NotConnected);
        (await again.Task.WaitAsync(Patience.Limit)).ShouldBe(announcement.Id.ToString());
    }

    [Theory]
    [InlineData(true, "", RelayVerdict.Accepted)]
    [InlineData(true, "duplicate: have it", RelayVerdict.Duplicate)]
    [InlineData(false, "duplicate: have it", RelayVerdict.Duplicate)]
    [InlineData(false, "mute: no one was listening", RelayVerdict.Muted)]
    [InlineData(false, "rate-limited: slow down", RelayVerdict.RateLimited)]
    [InlineData(false, "auth-required: who are you", RelayVerdict.AuthRequired)]
    [InlineData(false, "blocked: you", RelayVerdict.Blocked)]
    [InlineData(false, "restricted: members only", RelayVerdict.Blocked)]
    [InlineData(false, "invalid: bad signature", RelayVerdict.Invalid)]
    [InlineData(false, "pow: 20 bits needed", RelayVerdict.ProofOfWork)]
    [InlineData(false, "error: disk full", RelayVerdict.Refused)]
    [InlineData(false, "", RelayVerdict.Refused)]
    [InlineData(false, "no prefix at all", RelayVerdict.Refused)]
    public async Task Publish_EveryAnswer_IsUnderstood(bool accepted, string message, RelayVerdict expected)
    {
        using var key = KeyPair.Generate();
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            var received = await client.ReceiveAsync("EVENT");
            // An answer to another event first: it must not be taken for ours.
            await client.SendAsync($"[\"OK\",\"{new string('0', 64)}\",{(accepted ? "false" : "true")},\"\"]");
            await client.SendAsync(new JsonArray("OK", (string)received[1]!["id"]!, accepted, message).ToJsonString());
            await client.ReceiveAsync();
        });
        await using var pool = await RunningPool.StartAsync(relay.Url);

        var result = (await pool.Pool.PublishAsync(Announce(key), default)).ShouldHaveSingleItem();

        result.Verdict.ShouldBe(expected);
        result.IsPublished.ShouldBe(expected is RelayVerdict.Accepted or RelayVerdict.Duplicate);
    }

    [Fact]
    public async Task Stored_RelayRefusesTheSubscription_ReadingEndsAndSaysWhy()
    {
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            var subscription = (string)(await client.ReceiveAsync("REQ"))[1]!;
            await client.SendAsync($"[\"CLOSED\",\"{subscription}\",\"blocked: \\u001b[31mnot you\"]");
            await client.ReceiveAsync();
        });
        await using var pool = await RunningPool.StartAsync(relay.Url);

        var subscription = await pool.Pool.SubscribeAsync(Wanted, default);

        (await subscription.ReadStoredAsync(Patience.Limit, default).ToListAsync()).ShouldBeEmpty();
        pool.Pool.Status[0].Problem.ShouldBe("blocked:  [31mnot you");
    }

    [Fact]
    public async Task Stored_RelayThatNeverSaysSo_ReadingEndsInTime()
    {
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            while (true) await client.ReceiveAsync();
        });
        await using var pool = await RunningPool.StartAsync(relay.Url);

        var subscription = await pool.Pool.SubscribeAsync(Wanted, default);

        (await subscription.ReadStoredAsync(TimeSpan.FromMilliseconds(100), default).ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Flood_NobodyReads_DropsTheOldestOfThatRelayAndKeepsTheOthers()
    {
        const int Events = 5_000;
        using var key = KeyPair.Generate();
        var honest = Announce(key);
        var flood = new TaskCompletionSource();
        await using var quiet = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            var subscription = (string)(await client.ReceiveAsync("REQ"))[1]!;
            await client.SendAsync(RelayFrame.WriteEvent(subscription, honest));
            await client.ReceiveAsync();
        });
        await using var loud = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            var subscription = (string)(await client.ReceiveAsync("REQ"))[1]!;
            for (var sent = 0; sent < Events; sent++) await client.SendAsync(RelayFrame.WriteEvent(subscription, honest));
            flood.SetResult();
            await client.ReceiveAsync();
        });
        await using var pool = await RunningPool.StartAsync(RunningPool.Quick with { QueuedEvents = 10 }, quiet.Url, loud.Url);

        var subscription = await pool.Pool.SubscribeAsync(Wanted, default);

        // The socket is not held back: the relay gets rid of everything although nobody reads.
        await flood.Task.WaitAsync(Patience.Limit);
        await Patience.UntilAsync(() => pool.Pool.Status[1].Dropped == Events - 10 && subscription.Events.Count == 11);
        var read = new List<Uri>();
        while (subscription.Events.TryRead(out var next)) read.Add(next.Relay);
        read.Count(relay => relay == quiet.Url).ShouldBe(1);
        read.Take(2).ShouldContain(quiet.Url, "each relay has its turn");
        pool.Pool.Status[0].Dropped.ShouldBe(0);
    }

    [Fact]
    public async Task Flood_OfMoreThanAnyHonestRelayHas_EndsTheConnection()
    {
        using var key = KeyPair.Generate();
        var again = new TaskCompletionSource();
        await using var relay = await ScriptedRelay.StartAsync(async (self, client) =>
        {
            if (self.Connections > 1) again.TrySetResult();
            var subscription = (string)(await client.ReceiveAsync("REQ"))[1]!;
            var frame = RelayFrame.WriteEvent(subscription, Announce(key));
            while (true) await client.SendAsync(frame);
        });
        await using var pool = await RunningPool.StartAsync(RunningPool.Quick with { QueuedEvents = 10, FloodEvents = 1000 }, relay.Url);

        var subscription = await pool.Pool.SubscribeAsync(Wanted, default);

        await again.Task.WaitAsync(Patience.Limit);
        subscription.Events.Count.ShouldBeLessThanOrEqualTo(10);
        await Patience.UntilAsync(() => pool.Pool.Status[0].Problem == "floods us with events");
    }

    private static NostrEvent Announce(KeyPair key) => SampleEvents.Announce(key);

    private static Task<RelayedEvent> NextAsync(RelaySubscription subscription) => subscription.NextAsync();
}
