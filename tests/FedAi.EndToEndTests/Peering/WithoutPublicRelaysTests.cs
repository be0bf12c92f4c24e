using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Peering;

/// <summary>Relays are where the federation meets for the first time; after that it holds together by itself (ARCHITECTURE D10).</summary>
public sealed class WithoutPublicRelaysTests
{
    private static CancellationToken Limit => new CancellationTokenSource(Patience.Limit).Token;

    [Fact]
    public async Task Gateway_EveryRelayGoneAndRestarted_StillAnswers()
    {
        var meeting = await OwnRelay.StartAsync();
        await using var federation = await TestFederation.StartAsync(Publish(meeting), new ScriptedRunner());
        using var folder = new TempFolder();
        using var key = KeyPair.Generate();
        var gateway = await TestDaemon.StartAsync(Role.Gateway, Read(meeting.Url), key: key, dataFolder: folder.Path);
        await AskAsync(gateway);

        await meeting.DisposeAsync();
        await AskAsync(gateway);
        await gateway.StopAsync();
        await using var again = await TestDaemon.StartAsync(Role.Gateway, Read(meeting.Url), key: key, dataFolder: folder.Path);

        await AskAsync(again);
    }

    /// <summary>Also a router that comes back at another address, long after the meeting place has gone, is found through its peers.</summary>
    [Fact]
    public async Task Router_Moved_ItsGatewayHearsOfItFromARouterThatBothKnow()
    {
        var meeting = await OwnRelay.StartAsync();
        await using var peer = await TestDaemon.StartAsync(Role.Router, Both(meeting));
        using var folder = new TempFolder();
        using var key = KeyPair.Generate();
        var moving = await TestDaemon.StartAsync(Role.Router, Both(meeting), key: key, dataFolder: folder.Path);
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, Read(meeting.Url));
        foreach (var (reader, known) in new[] { (gateway, peer), (gateway, moving), (peer, moving), (moving, peer) })
        {
            await KnowsAsync(reader, known.Key.PublicKey);
            await JoinedAsync(reader, known);
        }

        await meeting.DisposeAsync();

        await moving.StopAsync();
        await UntilAsync(gateway, routers => routers.Find(key.PublicKey) is null);
        await using var moved = await TestDaemon.StartAsync(Role.Router, Both(meeting), key: key, dataFolder: folder.Path);

        (await KnowsAsync(gateway, key.PublicKey)).Base.ShouldBe(moved.Base);
    }

    [Fact]
    public async Task Routers_OneKnowsTheOthersRelayOnly_BothKnowEachOtherAndServeTheThirdsWord()
    {
        await using var first = await TestDaemon.StartAsync(Role.Router);
        await using var second = await TestDaemon.StartAsync(Role.Router, Read(RelayOf(first)));
        await using var third = await TestDaemon.StartAsync(Role.Router, Read(RelayOf(second)));

        foreach (var (reader, known) in new[] { (second, first), (third, second), (first, second), (third, first), (first, third) }) await KnowsAsync(reader, known.Key.PublicKey);

        await JoinedAsync(third, first);
    }

    /// <summary>No authority vouches for a home machine's certificate; its announcement does.</summary>
    [Fact]
    public async Task Router_SelfMadeCertificate_ItsRelayIsReadOverTls()
    {
        await using var meeting = await OwnRelay.StartAsync();
        await using var router = await TestDaemon.StartAsync(Role.Router, Publish(meeting) with { Http = new HttpOptions { Tls = new TlsOptions { Mode = TlsMode.Pinned } } });
        await using var reader = await TestDaemon.StartAsync(Role.Gateway, Read(meeting.Url));

        router.Base.Scheme.ShouldBe("https");
        await Patience.UntilAsync(() => reader.Services.GetRequiredService<RelayPool>().Status.Any(relay =>
            relay.Relay == new Uri($"wss://127.0.0.1:{router.Base.Port}/relay") && relay.State is RelayState.Connected));
    }

    [Fact]
    public async Task Gateway_OneRelayOfThreeWorks_Answers()
    {
        await using var meeting = await NpmRelay.StartAsync();
        await using var silent = await ScriptedRelay.StartAsync((_, _) => new TaskCompletionSource().Task.WaitAsync(Patience.Limit));
        await using var federation = await TestFederation.StartAsync(new FedAiOptions { Relays = new RelayOptions { Publish = [meeting.Url.ToString()] } }, new ScriptedRunner());
        var gone = await OwnRelay.StartAsync();
        await gone.DisposeAsync();

        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, Read(gone.Url, silent.Url, meeting.Url));

        await AskAsync(gateway);
    }

    /// <summary>Row ARC-19: a blocked router is not dialled, neither when it is blocked while connected nor from the memory of better days.</summary>
    [Fact]
    public async Task Router_Blocked_ItsRelayIsLeftAndNotDialledAfterARestart()
    {
        await using var meeting = await OwnRelay.StartAsync();
        await using var blocked = await TestDaemon.StartAsync(Role.Router, Publish(meeting));
        await using var other = await TestDaemon.StartAsync(Role.Router, Publish(meeting));
        var filter = new FilterOptions { Block = [blocked.Key.PublicKey.Npub] };
        using var folder = new TempFolder();
        using var key = KeyPair.Generate();
        var reader = await TestDaemon.StartAsync(Role.Gateway, Read(meeting.Url), key: key, dataFolder: folder.Path);
        await JoinedAsync(reader, blocked);
        await JoinedAsync(reader, other);

        PeeringModule.SetLists(reader.Services, filter);
        await Patience.UntilAsync(() => !IsDialled(reader));
        await reader.StopAsync();
        await using var again = await TestDaemon.StartAsync(Role.Gateway, Read() with { Filter = filter }, key: key, dataFolder: folder.Path);
        await JoinedAsync(again, other);

        IsDialled(again).ShouldBeFalse();

        bool IsDialled(TestDaemon daemon) => daemon.Services.GetRequiredService<RelayPool>().Status.Any(relay => relay.Relay == RelayOf(blocked));
    }

    private static async Task AskAsync(TestDaemon gateway)
    {
        using var client = new ChatClient(gateway.Base);
        (await client.AskAsync(await client.FirstModelAsync(Limit), "hello", maxTokens: null, Limit)).Text.ShouldBe("A scripted answer.");
    }

    private static async Task<KnownRouter> KnowsAsync(TestDaemon reader, PublicKey router)
    {
        KnownRouter? found = null;
        await UntilAsync(reader, routers => (found = routers.Find(router)) is not null);
        return found!;
    }

    /// <summary>Waits until this daemon is connected to the relay that the router serves.</summary>
    private static Task JoinedAsync(TestDaemon daemon, TestDaemon router) => Patience.UntilAsync(() =>
        daemon.Services.GetRequiredService<RelayPool>().Status.Any(relay => relay.Relay == RelayOf(router) && relay.State is RelayState.Connected));

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

    private static Uri RelayOf(TestDaemon router) => new($"ws://127.0.0.1:{router.Base.Port}/relay");

    private static FedAiOptions Publish(OwnRelay relay) => new() { Relays = new RelayOptions { Publish = [relay.Url.ToString()] } };

    private static FedAiOptions Both(OwnRelay relay) => new() { Relays = new RelayOptions { Bootstrap = [relay.Url.ToString()], Publish = [relay.Url.ToString()] } };

    private static FedAiOptions Read(params Uri[] relays) => new() { Relays = new RelayOptions { Bootstrap = [.. relays.Select(relay => relay.ToString())] } };
}
