using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

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

    /// <summary>A gateway that is new to the federation hears of the router.</summary>
    private static async Task FindsAsync(TestDaemon router, RelayOptions relays)
    {
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions { Relays = relays });
        var known = gateway.Services.GetRequiredService<RouterDirectory>();
        await Patience.UntilAsync(() => known.Find(router.Key.PublicKey) is not null);
    }
}
