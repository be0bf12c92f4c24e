using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Tests.Daemon.Peering;

/// <summary>Daemons whose relays come, go, lie and stay silent.</summary>
public sealed class RelayTroubleTests
{
    [Fact]
    public async Task Relays_OwnAndIndependentTakeTurnsBeingDown_NewcomersStillFindTheRouter()
    {
        ITestRelay own = await OwnRelay.StartAsync();
        var npm = await NpmRelay.StartAsync();
        try
        {
            var relays = new RelayOptions { Bootstrap = [own.Url.ToString(), npm.Url.ToString()] };
            await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Relays = relays with { Publish = relays.Bootstrap } });
            await FindsAsync(router, relays);

            // What the relay forgets while it is down, the router tells it again.
            own = await own.RestartAsync();
            await npm.DisposeAsync();
            await FindsAsync(router, relays);

            npm = await NpmRelay.StartAsync(npm.Url.Port);
            await own.DisposeAsync();
            await FindsAsync(router, relays);
        }
        finally
        {
            await own.DisposeAsync();
            await npm.DisposeAsync();
        }
    }

    [Fact]
    public async Task Relays_OneForgesReordersAndReplaysAndOneIsSilent_TheRouterIsKnownAsItIs()
    {
        using var key = KeyPair.Generate();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var old = new SampleAnnouncement(key, now - 60_000) { Endpoint = "http://127.0.0.1:1/" };
        var current = new SampleAnnouncement(key, now) { Endpoint = "http://127.0.0.1:2/" };
        var marker = new SampleAnnouncement(KeyPair.Generate(), now);
        await using var liar = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            while (true)
            {
                var subscription = (string)(await client.ReceiveAsync("REQ"))[1]!;
                foreach (var told in (NostrEvent[])[current.ForgeCaps(), current.SignCaps(), old.SignCaps(), current.ForgeCaps(), old.SignCaps(), marker.SignCaps()])
                    await client.SendAsync(RelayFrame.WriteEvent(subscription, told));
            }
        });
        await using var silent = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            while (true) await client.ReceiveAsync();
        });

        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions { Relays = new RelayOptions { Bootstrap = [silent.Url.ToString(), liar.Url.ToString()] } });

        var routers = gateway.Services.GetRequiredService<RouterDirectory>();
        await Patience.UntilAsync(() => routers.Find(marker.Key.PublicKey) is not null); // all before it was judged
        routers.Find(key.PublicKey)!.Base.Port.ShouldBe(2);
    }

    [Fact]
    public async Task Metrics_RelayIsDown_ShowAttemptsAndFailures()
    {
        var gone = await OwnRelay.StartAsync();
        await gone.DisposeAsync();
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions { Relays = new RelayOptions { Bootstrap = [gone.Url.ToString()] } });
        await Patience.UntilAsync(() => gateway.Services.GetRequiredService<RelayPool>().Status[0].Failures > 0);

        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(gateway.Base, "metrics"));

        metrics.ShouldContain("fedai_relay_attempts_total ");
        metrics.ShouldContain("fedai_relay_failures_total ");
        metrics.ShouldContain("fedai_relay_states{state=\"");
    }

    /// <summary>Row CARD-10: so many attempts in a row open the circuit, and both can be read.</summary>
    [Fact]
    public async Task Metrics_RelayIsPutAside_ShowTheOpenCircuit()
    {
        var gone = await OwnRelay.StartAsync();
        await gone.DisposeAsync();
        var options = RunningPool.Quick with { FailuresToPutAside = 4, PutAsideFor = TimeSpan.FromHours(1) };
        using var http = new HttpClient();
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions { Relays = new RelayOptions { Bootstrap = [gone.Url.ToString()] } },
            services => services.AddSingleton(new RelayPool([], options, TimeProvider.System, NullLogger<RelayPool>.Instance, http: new RelayHttp(http, http))));
        var pool = gateway.Services.GetRequiredService<RelayPool>();

        await Patience.UntilAsync(() => pool.Status is [{ State: RelayState.PutAside }]);

        pool.Status[0].Attempts.ShouldBe(4);
        var metrics = (await http.GetStringAsync(new Uri(gateway.Base, "metrics"))).Split('\n');
        Value("fedai_relay_states{state=\"putaside\"}").ShouldBeGreaterThanOrEqualTo(1);
        Value("fedai_relay_attempts_total").ShouldBeGreaterThanOrEqualTo(4);

        int Value(string series) => int.Parse(metrics.Single(line => line.StartsWith(series + " ", StringComparison.Ordinal)).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Row ARC-24: relays that refuse, stall or only listen do not count, and the announcement goes on to those that come later.</summary>
    [Fact]
    public async Task Announcement_RefusedByTheFirstRelays_CountsWhenEnoughOthersHaveIt()
    {
        await using var refusing = await AnsweringAsync("false,\"blocked: not here\"");
        await using var muting = await AnsweringAsync("false,\"mute: no one was listening\"");
        await using var first = await OwnRelay.StartAsync();
        await using var second = await NpmRelay.StartAsync();
        var options = new RelayOptions { Publish = [refusing.Url.ToString(), muting.Url.ToString(), first.Url.ToString()], Quorum = 2 };
        await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Relays = options });
        var pool = router.Services.GetRequiredService<RelayPool>();
        (int? Relays, int? Quorum) Announced() => PeeringModule.Status(router.Services)["announced"] is { } told ? ((int)told["relays"]!, (int)told["quorum"]!) : default;

        await Patience.UntilAsync(() => Announced() == (1, 2) && pool.Status.Count(relay => relay.RefusedEvents > 0) == 2);
        router.Services.GetRequiredService<JoinedRelays>().Join([new PooledRelay(second.Url, Publishes: true, Configured: false)]);

        await Patience.UntilAsync(() => Announced() == (2, 2));
        pool.Status.Single(relay => relay.Relay == refusing.Url).IsDemoted.ShouldBeTrue();
        pool.Status.Single(relay => relay.Relay == muting.Url).State.ShouldBe(RelayState.Connected);
    }

    /// <summary>A relay that says this to every event.</summary>
    private static Task<ScriptedRelay> AnsweringAsync(string answer) => ScriptedRelay.StartAsync(async (_, client) =>
    {
        while (true)
        {
            var frame = await client.ReceiveAsync();
            if ((string)frame[0]! == "EVENT") await client.SendAsync($"[\"OK\",\"{(string)frame[1]!["id"]!}\",{answer}]");
        }
    });

    /// <summary>A gateway that is new to the federation hears of the router.</summary>
    private static async Task FindsAsync(TestDaemon router, RelayOptions relays)
    {
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions { Relays = relays });
        var known = gateway.Services.GetRequiredService<RouterDirectory>();
        await Patience.UntilAsync(() => known.Find(router.Key.PublicKey) is not null);
    }
}
