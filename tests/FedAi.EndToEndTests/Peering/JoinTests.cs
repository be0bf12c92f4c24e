using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Peering;

/// <summary>Nodes that name no router and find one on the relays (node.join). Row FDM-08.</summary>
public sealed class JoinTests : IDisposable
{
    private readonly KeyPair trusted = KeyPair.Generate();

    public void Dispose() => trusted.Dispose();

    [Fact]
    public async Task Node_NamesNoRouter_JoinsTheTrustedOneAndServesItAndNobodyElse()
    {
        await using var meeting = await OwnRelay.StartAsync();
        await using var stranger = await TestDaemon.StartAsync(Role.Router, Publish(meeting));
        await using var router = await TestDaemon.StartAsync(Role.Router, Publish(meeting), key: trusted);
        await using var node = await StartNodeAsync(meeting, new JoinOptions { Most = 2 });
        await using var named = await StartNodeAsync(meeting, new JoinOptions());

        await Patience.UntilAsync(() => router.Services.GetRequiredService<NodeDirectory>().Find(node.Key.PublicKey) is { Descriptor.Capabilities.Count: > 0 });
        using var client = new ChatClient(router.Base);
        using var limit = new CancellationTokenSource(Patience.Limit);
        (await client.AskAsync("scripted", "hello", maxTokens: null, limit.Token)).Text.ShouldBe("A scripted answer.");

        await Patience.UntilAsync(() => Heard(node, stranger) && Heard(named, router));
        Served(node).ShouldBe([router.Key.PublicKey]);
        Served(named).ShouldBeEmpty("whoever names nobody and joins nobody serves nobody");
        stranger.Services.GetRequiredService<NodeDirectory>().Find(node.Key.PublicKey).ShouldBeNull();
    }

    [Fact]
    public async Task Node_ItsRouterLeaves_JoinsAnother()
    {
        using var other = KeyPair.Generate();
        await using var meeting = await OwnRelay.StartAsync();
        var first = await TestDaemon.StartAsync(Role.Router, Publish(meeting), key: trusted);
        await using var node = await StartNodeAsync(meeting, new JoinOptions { Most = 1 }, other.PublicKey);
        await Patience.UntilAsync(() => Served(node).Contains(trusted.PublicKey));
        await using var second = await TestDaemon.StartAsync(Role.Router, Publish(meeting), key: other);
        await Patience.UntilAsync(() => Heard(node, second));
        Served(node).ShouldBe([trusted.PublicKey], "moving costs both");

        await first.DisposeAsync();

        await Patience.UntilAsync(() => second.Services.GetRequiredService<NodeDirectory>().Find(node.Key.PublicKey) is not null);
        Served(node).ShouldBe([other.PublicKey]);
    }

    private Task<TestDaemon> StartNodeAsync(OwnRelay meeting, JoinOptions join, params PublicKey[] follows) => TestDaemon.StartAsync(Role.Node, new FedAiOptions
    {
        Relays = new RelayOptions { Bootstrap = [meeting.Url.ToString()] },
        Filter = new FilterOptions { Follow = [trusted.PublicKey.Npub, .. follows.Select(key => key.Npub)], Wot = new WotOptions { Enabled = false } },
        Node = new NodeOptions { Join = join },
    }, services => services.AddSingleton<IRunner>(new ScriptedRunner()));

    private static FedAiOptions Publish(OwnRelay relay) => new() { Relays = new RelayOptions { Publish = [relay.Url.ToString()] } };

    private static IReadOnlyList<PublicKey> Served(TestDaemon node) => [.. node.Services.GetRequiredService<RouterLinks>().Keys];

    private static bool Heard(TestDaemon node, TestDaemon router) => node.Services.GetRequiredService<RouterDirectory>().Find(router.Key.PublicKey) is not null;
}
