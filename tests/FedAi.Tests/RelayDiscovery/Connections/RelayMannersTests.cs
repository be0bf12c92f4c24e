using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;

namespace FedAi.Tests.RelayDiscovery.Connections;

/// <summary>How much a relay hears from us: budgets, pauses, limits of its document, time, and how often we knock.</summary>
public sealed class RelayMannersTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly KeyPair key = KeyPair.Generate();
    private readonly ConcurrentQueue<JsonArray> heard = new();

    [Fact]
    public async Task Publish_MoreThanABurst_IsHeldAndSentWhenTheHourHasRoom()
    {
        var clock = new ManualTime();
        await using var relay = await ScriptedRelay.StartAsync((_, client) => AnswerAsync(client, true, ""));
        await using var pool = await StartAsync(relay, RunningPool.Quick with { PublishBurst = 3, PublishPerHour = 40 }, clock);

        var verdicts = new List<RelayVerdict>();
        for (var i = 0; i < 5; i++) verdicts.Add((await pool.Pool.PublishAsync(Announce($"price:{i}"), default)).Single().Verdict);
        // A newer one of the same address takes the place of the one that waits.
        var newest = Announce("price:4", later: 1);
        await pool.Pool.PublishAsync(newest, default);

        verdicts.ShouldBe([RelayVerdict.Accepted, RelayVerdict.Accepted, RelayVerdict.Accepted, RelayVerdict.Held, RelayVerdict.Held]);
        Told().Count.ShouldBe(3);
        // The clock runs ahead of the relay, so an event may be sent twice before its OK is here; each counts once.
        await MoveUntilAsync(clock, TimeSpan.FromSeconds(10), () => Told().Distinct().Count() == 5);
        Told().ShouldContain(newest.Id.ToString());
        (clock.GetUtcNow() - DateTimeOffset.UnixEpoch.AddYears(60)).ShouldBeGreaterThan(TimeSpan.FromSeconds(170), "two more at 40 an hour");
    }

    [Fact]
    public async Task Publish_Urgent_GoesAlthoughTheBudgetIsSpent()
    {
        await using var relay = await ScriptedRelay.StartAsync((_, client) => AnswerAsync(client, true, ""));
        await using var pool = await StartAsync(relay, RunningPool.Quick with { PublishBurst = 1, PublishPerHour = 1 }, TimeProvider.System);
        await pool.Pool.PublishAsync(Announce("caps"), default);

        (await pool.Pool.PublishAsync(Announce("caps", later: 1), default)).Single().Verdict.ShouldBe(RelayVerdict.Held);
        (await pool.Pool.PublishAsync(Announce("caps", later: 2), default, urgent: true)).Single().Verdict.ShouldBe(RelayVerdict.Accepted);
    }

    [Theory]
    [InlineData("rate-limited: slow down")]
    [InlineData("error: could not connect to the database")]
    public async Task Publish_RelayWantsAPause_IsSentAgainAfterIt(string refusal)
    {
        var clock = new ManualTime();
        var asked = 0;
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            while (true)
            {
                var frame = await client.ReceiveAsync("EVENT");
                heard.Enqueue(frame);
                var first = Interlocked.Increment(ref asked) == 1;
                await client.SendAsync(new JsonArray("OK", (string)frame[1]!["id"]!, !first, first ? refusal : "").ToJsonString());
            }
        });
        await using var pool = await StartAsync(relay, RunningPool.Quick, clock);

        await pool.Pool.PublishAsync(Announce("caps"), default);
        (await pool.Pool.PublishAsync(Announce("status"), default)).Single().Verdict.ShouldBe(RelayVerdict.Held);
        Told().Count.ShouldBe(1);
        await MoveUntilAsync(clock, TimeSpan.FromSeconds(10), () => pool.Pool.Status[0].Published == 2);

        (clock.GetUtcNow() - DateTimeOffset.UnixEpoch.AddYears(60)).ShouldBeGreaterThanOrEqualTo(RunningPool.Quick.FirstPause);
        pool.Pool.Status[0].State.ShouldBe(RelayState.Connected);
    }

    [Theory]
    [InlineData("blocked: you", true, RelayVerdict.Held)]
    [InlineData("pow: 28 bits", true, RelayVerdict.Held)]
    [InlineData("mute: no one was listening", false, RelayVerdict.Muted)]
    [InlineData("invalid: created_at", false, RelayVerdict.Invalid)]
    public async Task Publish_Refused_IsNotSentAgainAndDemotesOnlyWhereWeAreNotWanted(string refusal, bool demoted, RelayVerdict next)
    {
        await using var relay = await ScriptedRelay.StartAsync((_, client) => AnswerAsync(client, false, refusal));
        await using var pool = await StartAsync(relay, RunningPool.Quick, TimeProvider.System);

        (await pool.Pool.PublishAsync(Announce("caps"), default)).Single().IsPublished.ShouldBeFalse();
        (await pool.Pool.PublishAsync(Announce("status"), default)).Single().Verdict.ShouldBe(next);

        pool.Pool.Status[0].IsDemoted.ShouldBe(demoted);
        pool.Pool.Status[0].State.ShouldBe(RelayState.Connected);
        Told().ShouldBeUnique();
    }

    /// <summary>Some relays say it in a NOTICE and not in the answer (row ARC-24); what is said in plain words is for people.</summary>
    [Theory]
    [InlineData("rate-limited: slow down", RelayVerdict.Held, false)]
    [InlineData("restricted: members only", RelayVerdict.Held, true)]
    [InlineData("blocked: you", RelayVerdict.Held, true)]
    [InlineData("error: something", RelayVerdict.Accepted, false)]
    [InlineData("welcome", RelayVerdict.Accepted, false)]
    public async Task Notice_WithAPrefix_SteersWhatIsSent(string notice, RelayVerdict next, bool demoted)
    {
        var clock = new ManualTime();
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            await client.SendAsync(new JsonArray("NOTICE", notice).ToJsonString());
            // When this one is counted, that one has been read.
            await client.SendAsync(RelayFrame.WriteEose("nothing"));
            await AnswerAsync(client, true, "");
        });
        await using var pool = await StartAsync(relay, RunningPool.Quick, clock);
        await Patience.UntilAsync(() => pool.Pool.Status[0].Frames == 2);

        (await pool.Pool.PublishAsync(Announce("caps"), default)).Single().Verdict.ShouldBe(next);

        pool.Pool.Status[0].IsDemoted.ShouldBe(demoted);
        await MoveUntilAsync(clock, TimeSpan.FromSeconds(10), () => pool.Pool.Status[0].Published == 1);
        var waited = clock.GetUtcNow() - DateTimeOffset.UnixEpoch.AddYears(60);
        if (next is RelayVerdict.Held) waited.ShouldBeGreaterThanOrEqualTo(demoted ? RunningPool.Quick.LongestPause : RunningPool.Quick.FirstPause);
    }

    [Fact]
    public async Task Publish_RelayThatMayNotHaveIt_IsToldNothing()
    {
        await using var relay = await ScriptedRelay.StartAsync((_, client) => AnswerAsync(client, true, ""));
        var may = false;
        await using var pool = await StartAsync(relay, RunningPool.Quick with { MayPublish = _ => may }, TimeProvider.System);

        (await pool.Pool.PublishAsync(Announce("caps"), default)).ShouldBeEmpty();
        pool.Pool.Withheld.ShouldBe(1);
        may = true;
        (await pool.Pool.PublishAsync(Announce("caps", later: 1), default)).ShouldHaveSingleItem().IsPublished.ShouldBeTrue();

        (Told().Count, pool.Pool.Withheld).ShouldBe((1, 0));
    }

    /// <summary>DECISIONS E14; what public relays take.</summary>
    [Fact]
    public void Options_FirstHour_IsFortyEventsAtMost() => (new RelayPoolOptions().PublishBurst + new RelayPoolOptions().PublishPerHour).ShouldBe(40);

    [Fact]
    public async Task Subscribe_ClosedAsInvalid_IsNotAskedAgain()
    {
        // WIRE W-N2: the existing software asks with npubs, is told that this is invalid, and asks again for ever.
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            while (true)
            {
                var frame = await client.ReceiveAsync("REQ");
                heard.Enqueue(frame);
                await client.SendAsync(RelayFrame.WriteClosed((string)frame[1]!, "invalid: no"));
            }
        });
        var clock = new ManualTime();
        await using var pool = await StartAsync(relay, RunningPool.Quick, clock);
        var first = await pool.Pool.SubscribeAsync(SampleEvents.Announcements, default);
        (await first.ReadStoredAsync(Patience.Limit, default).ToListAsync()).ShouldBeEmpty();

        for (var minute = 0; minute < 60; minute++) clock.Move(TimeSpan.FromMinutes(1));
        var second = await pool.Pool.SubscribeAsync(SampleEvents.Announcements, default);
        (await second.ReadStoredAsync(Patience.Limit, default).ToListAsync()).ShouldBeEmpty();

        heard.Select(frame => (string)frame[1]!).ShouldBe([first.Id, second.Id]);
    }

    [Fact]
    public async Task Subscribe_ClosedAgainAndAgain_AsksLessAndLessOften()
    {
        var clock = new ManualTime();
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            while (true)
            {
                var frame = await client.ReceiveAsync("REQ");
                heard.Enqueue(frame);
                // Twice, and with an EOSE first: neither may make us ask more often.
                await client.SendAsync(RelayFrame.WriteEose((string)frame[1]!));
                await client.SendAsync(RelayFrame.WriteClosed((string)frame[1]!, "error: overloaded"));
                await client.SendAsync(RelayFrame.WriteClosed((string)frame[1]!, "error: overloaded"));
            }
        });
        await using var pool = await StartAsync(relay, RunningPool.Quick with { FirstBackoff = Second, LongestBackoff = TimeSpan.FromSeconds(30), HealthyAfter = TimeSpan.FromDays(1) }, clock);
        await pool.Pool.SubscribeAsync(SampleEvents.Announcements, default);

        await MoveUntilAsync(clock, Second / 4, () => heard.Count == 6);

        // Pauses of 1, 2, 4, 8 and 16 s, up to half of each random.
        (clock.GetUtcNow() - DateTimeOffset.UnixEpoch.AddYears(60)).ShouldBeGreaterThan(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Subscribe_AfterAReconnect_AsksForEphemeralEventsSinceTheLastEose()
    {
        var clock = new ManualTime();
        var leave = new TaskCompletionSource();
        await using var relay = await ScriptedRelay.StartAsync(async (self, client) =>
        {
            heard.Enqueue(await client.ReceiveAsync("REQ"));
            await client.SendAsync(RelayFrame.WriteEose((string)heard.Last()[1]!));
            if (self.Connections == 1) await leave.Task;
            else await client.ReceiveAsync();
        });
        relay.Date = clock.GetUtcNow();
        await using var pool = await StartAsync(relay, RunningPool.Quick, clock);
        var subscription = await pool.Pool.SubscribeAsync([.. SampleEvents.Auctions, .. SampleEvents.Announcements], default);
        await foreach (var _ in subscription.ReadStoredAsync(Patience.Limit, default)) { }
        var eose = clock.GetUtcNow().ToUnixTimeSeconds();

        relay.Date = clock.GetUtcNow().AddHours(1); // an hour that would be missed if now counted
        leave.SetResult();
        await MoveUntilAsync(clock, TimeSpan.FromMinutes(1), () => heard.Count == 2);

        foreach (var request in heard)
        {
            ((long)request[2]!["since"]!).ShouldBeInRange(eose - 61, eose - 60);
            request[3]!.AsObject().ContainsKey("since").ShouldBeFalse();
            ((int)request[3]!["limit"]!).ShouldBe(500);
        }
    }

    [Fact]
    public async Task Clock_OffByTenMinutes_IsMeasuredAndRequestsAreInTheRelaysTime()
    {
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            heard.Enqueue(await client.ReceiveAsync("REQ"));
            await client.ReceiveAsync();
        });
        relay.Date = TimeProvider.System.GetUtcNow().AddMinutes(-10);
        await using var pool = await StartAsync(relay, RunningPool.Quick, TimeProvider.System);

        await pool.Pool.SubscribeAsync(SampleEvents.Auctions, default);

        pool.Pool.ClockAhead!.Value.TotalSeconds.ShouldBeInRange(590, 630);
        await Patience.UntilAsync(() => !heard.IsEmpty);
        ((long)heard.Single()[2]!["since"]!).ShouldBeInRange(relay.Date.Value.ToUnixTimeSeconds() - 70, relay.Date.Value.ToUnixTimeSeconds() - 50);
    }

    [Fact]
    public async Task Document_SaysItsLimits_TheyAreObeyed()
    {
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            while (true) heard.Enqueue(await client.ReceiveAsync());
        });
        relay.SetDocument("""{"limitation":{"max_limit":7,"max_subscriptions":1,"max_message_length":600}}""");
        await using var pool = await StartAsync(relay, RunningPool.Quick, TimeProvider.System);
        await Patience.UntilAsync(() => pool.Pool.Status[0].Document is not null);

        var first = await pool.Pool.SubscribeAsync(SampleEvents.Announcements, default);
        var second = await pool.Pool.SubscribeAsync(SampleEvents.Auctions, default);
        (await second.ReadStoredAsync(Patience.Limit, default).ToListAsync()).ShouldBeEmpty("nobody waits for a relay that cannot be asked");
        var tooLong = await pool.Pool.PublishAsync(Announce("caps", content: new string('x', 600)), default);
        await first.DisposeAsync();

        tooLong.Single().Verdict.ShouldBe(RelayVerdict.Unfit);
        await Patience.UntilAsync(() => heard.Count == 3);
        heard.Select(frame => $"{frame[0]} {frame[1]}").ShouldBe([$"REQ {first.Id}", $"CLOSE {first.Id}", $"REQ {second.Id}"]);
        ((int)heard.First()[2]!["limit"]!).ShouldBe(7);
    }

    [Fact]
    public async Task Relay_ThatFlaps_IsPutAsideAndOthersNoticeNothing()
    {
        var clock = new ManualTime();
        await using var steady = await ScriptedRelay.StartAsync((_, client) => AnswerAsync(client, true, ""));
        await using var flapping = await ScriptedRelay.StartAsync((_, _) => Task.CompletedTask);
        var options = RunningPool.Quick with { FirstBackoff = Second, LongestBackoff = TimeSpan.FromSeconds(30), HealthyAfter = TimeSpan.FromDays(1), FailuresToPutAside = 5, PutAsideFor = TimeSpan.FromMinutes(5) };
        await using var pool = await RunningPool.StartAsync(options, clock, null, new PooledRelay(steady.Url, true), new PooledRelay(flapping.Url, true));

        await MoveUntilAsync(clock, Second / 4, () => pool.Pool.Status[1].State is RelayState.PutAside);

        // 1, 2, 4, 8 s between five attempts, up to half of each random, and the fifth opened the circuit.
        pool.Pool.Status[1].Attempts.ShouldBe(5);
        (clock.GetUtcNow() - DateTimeOffset.UnixEpoch.AddYears(60)).ShouldBeGreaterThan(TimeSpan.FromSeconds(7.5));
        var aside = clock.GetUtcNow();
        await MoveUntilAsync(clock, Second, () => pool.Pool.Status[1].Attempts == 6);
        (clock.GetUtcNow() - aside).ShouldBeGreaterThan(TimeSpan.FromMinutes(4));
        (await pool.Pool.PublishAsync(Announce("caps"), default)).Single(result => result.Relay == steady.Url).Verdict.ShouldBe(RelayVerdict.Accepted);
        steady.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task SetRelays_WhileRunning_JoinsTheNewAndLeavesTheOld()
    {
        var left = new TaskCompletionSource();
        await using var old = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            try
            {
                while (true) await client.ReceiveAsync();
            }
            finally
            {
                left.SetResult();
            }
        });
        await using var @new = await OwnRelay.StartAsync();
        await using var pool = await StartAsync(old, RunningPool.Quick, TimeProvider.System);
        var subscription = await pool.Pool.SubscribeAsync(SampleEvents.Announcements, default);
        using var other = await NostrSocket.ConnectAsync(@new.Url);
        var announcement = Sample();
        await other.SendAsync(ClientFrame.WriteEvent(announcement));

        pool.Pool.SetRelays([new PooledRelay(@new.Url, Publishes: true)]);

        (await subscription.NextAsync()).Event.Id.ShouldBe(announcement.Id);
        await left.Task.WaitAsync(Patience.Limit);
        pool.Pool.Status.ShouldHaveSingleItem().Relay.ShouldBe(@new.Url);
    }

    /// <summary>Moves the time on, step by step, until it is so: timers are made by other threads.</summary>
    private static Task MoveUntilAsync(ManualTime clock, TimeSpan step, Func<bool> look) => Patience.UntilAsync(() =>
    {
        if (look()) return true;
        clock.Move(step);
        return false;
    });

    private static Task<RunningPool> StartAsync(ScriptedRelay relay, RelayPoolOptions options, TimeProvider clock) =>
        RunningPool.StartAsync(options, clock, null, new PooledRelay(relay.Url, Publishes: true));

    private async Task AnswerAsync(WebSocket client, bool accepted, string message)
    {
        while (true)
        {
            var frame = await client.ReceiveAsync("EVENT");
            heard.Enqueue(frame);
            await client.SendAsync(new JsonArray("OK", (string)frame[1]!["id"]!, accepted, message).ToJsonString());
        }
    }

    private List<string> Told() => [.. heard.Select(frame => (string)frame[1]!["id"]!)];

    private NostrEvent Announce(string what, int later = 0, string content = "{}") => SampleEvents.Announce(key, what, later, content);

    private NostrEvent Sample() => new SampleAnnouncement(key, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()).SignCaps();
}
