using System.Net.WebSockets;
using System.Text;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Peering;

/// <summary>A daemon that reads an honest relay and one that does what it can to harm; and clocks and connections that fail.</summary>
public sealed class HostileRelayTests
{
    /// <summary>It holds the newest back, sends the oldest last, changes what it sends, and says everything twice.</summary>
    [Fact]
    public async Task Relay_ForgesReordersReplaysAndWithholds_TheRoutersNewestWordStands()
    {
        using var key = KeyPair.Generate();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        SampleAnnouncement At(int seconds, int port) => new(key, now - 60_000 + seconds * 1000) { Endpoint = $"http://127.0.0.1:{port}/", ExpiryMs = now + 3_600_000 };
        NostrEvent[] lies = [At(3, 8003).ForgeCaps(), At(2, 8002).SignCaps(), At(1, 8001).SignCaps(), At(2, 8002).SignCaps(), At(1, 8001).SignCaps()];
        var told = new TaskCompletionSource();
        await using var hostile = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            var subscription = await SubscriptionAsync(client);
            foreach (var lie in lies) await client.SendAsync(RelayFrame.WriteEvent(subscription, lie));
            told.TrySetResult();
            await client.ReceiveAsync("CLOSE");
        });
        await using var honest = await OwnRelay.StartAsync();
        await using var reader = await StartReaderAsync(honest.Url, hostile.Url);
        await told.Task.WaitAsync(Patience.Limit);
        await UntilAsync(reader, routers => routers.Find(key.PublicKey)?.Base.Port == 8002);

        honest.Hub.Publish(At(3, 8003).SignCaps()).Accepted.ShouldBeTrue("the forged copy with its id must not hide it");

        await UntilAsync(reader, routers => routers.Find(key.PublicKey)?.Base.Port == 8003);
    }

    [Fact]
    public async Task Relay_FloodsAHundredThousandEvents_TheOthersAreStillHeard()
    {
        using var key = KeyPair.Generate();
        using var late = KeyPair.Generate();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var flooded = new TaskCompletionSource();
        await using var hostile = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            var frame = RelayFrame.WriteEvent(await SubscriptionAsync(client), new SampleAnnouncement(key, now).SignCaps());
            var id = frame.AsSpan().IndexOf("\"id\":\""u8) + 6;
            try
            {
                for (var i = 0; i < 100_000; i++)
                {
                    Encoding.ASCII.GetBytes($"{i:x8}").CopyTo(frame, id);
                    await client.SendAsync(frame);
                }
            }
            finally
            {
                flooded.TrySetResult(); // the pool may have had enough before
            }
        });
        await using var honest = await OwnRelay.StartAsync();
        await using var reader = await StartReaderAsync(honest.Url, hostile.Url);
        await Patience.UntilAsync(() => hostile.Connections > 0);

        honest.Hub.Publish(new SampleAnnouncement(key, now).SignCaps());
        await UntilAsync(reader, routers => routers.Find(key.PublicKey) is not null);
        await flooded.Task.WaitAsync(Patience.Limit);
        honest.Hub.Publish(new SampleAnnouncement(late, now).SignCaps());

        await UntilAsync(reader, routers => routers.Find(late.PublicKey) is not null);
        reader.Services.GetRequiredService<RouterDirectory>().Current.Count.ShouldBe(2);
    }

    [Theory, InlineData("own"), InlineData("npm")]
    public async Task Relay_CutOffAndBackEmpty_BothSidesMeetThereAgain(string kind)
    {
        var before = await StartAsync(kind, port: 0);
        await using var federation = await TestFederation.StartAsync(new FedAiOptions { Relays = new RelayOptions { Publish = [before.Url.ToString()] } });
        await using var reader = await StartReaderAsync(before.Url);
        await UntilAsync(reader, routers => routers.Find(federation.Router.Key.PublicKey) is not null);

        await before.DisposeAsync();
        await federation.AddNodeAsync(new ScriptedRunner());
        await using var after = await StartAsync(kind, before.Url.Port);

        await UntilAsync(reader, routers => routers.Find(federation.Router.Key.PublicKey)?.Profile.ModelCaps.Count > 0);
        // Who comes later knows nothing but that relay, so it must have been told again.
        await using var late = await StartReaderAsync(after.Url);
        await UntilAsync(late, routers => routers.Find(federation.Router.Key.PublicKey)?.Profile.ModelCaps.Count > 0);
    }

    /// <summary>Ours, the relay's, the other router's; ahead and behind.</summary>
    [Theory]
    [InlineData(10, 0, 0)]
    [InlineData(-10, 0, 0)]
    [InlineData(0, 10, 0)]
    [InlineData(0, -10, 0)]
    [InlineData(0, 0, 10)]
    [InlineData(0, 0, -10)]
    public async Task Clock_TenMinutesOff_RoutersAreStillFound(int router, int relay, int reader)
    {
        await using var meeting = await OwnRelay.StartAsync(clock: new ShiftedTime(TimeSpan.FromMinutes(relay)));
        await using var reading = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Relays = new RelayOptions { Bootstrap = [meeting.Url.ToString()] } }, Clock(reader));
        await using var announcing = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Relays = new RelayOptions { Publish = [meeting.Url.ToString()] } }, Clock(router));

        await UntilAsync(reading, routers => routers.Find(announcing.Key.PublicKey) is not null);
    }

    private static async Task<ITestRelay> StartAsync(string kind, int port) => kind == "own" ? await OwnRelay.StartAsync(port) : await NpmRelay.StartAsync(port);

    private static Action<IServiceCollection> Clock(int minutes) => services => services.AddSingleton<TimeProvider>(new ShiftedTime(TimeSpan.FromMinutes(minutes)));

    /// <summary>The subscription that asks for announcements; others get an end at once.</summary>
    private static async Task<string> SubscriptionAsync(WebSocket client)
    {
        while (true)
        {
            var request = await client.ReceiveAsync("REQ");
            if (request[2]!["kinds"]!.AsArray().Any(kind => (int)kind! == FedAiKinds.CapsAnnounce)) return (string)request[1]!;
            await client.SendAsync(RelayFrame.WriteEose((string)request[1]!));
        }
    }

    private static Task<TestDaemon> StartReaderAsync(params Uri[] relays) =>
        TestDaemon.StartAsync(Role.Router, new FedAiOptions { Relays = new RelayOptions { Bootstrap = [.. relays.Select(relay => relay.ToString())] } });

    private static async Task UntilAsync(TestDaemon reader, Func<RouterDirectory, bool> condition)
    {
        var routers = reader.Services.GetRequiredService<RouterDirectory>();
        while (true)
        {
            var change = routers.NextChange();
            if (condition(routers)) return;
            await change.WaitAsync(Patience.Limit);
        }
    }
}
