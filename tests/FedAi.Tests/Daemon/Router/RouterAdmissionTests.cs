using System.Net;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Router;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Tests.Daemon.Router;

public sealed class RouterAdmissionTests
{
    private static readonly PublicKey Named = KeyPair.Generate().PublicKey, Trusted = KeyPair.Generate().PublicKey, Stranger = KeyPair.Generate().PublicKey;

    [Theory]
    [InlineData("listed", "203.0.113.7", true, false, false)]
    [InlineData("wot", "203.0.113.7", true, true, false)]
    [InlineData("anyone", "203.0.113.7", true, true, true)]
    [InlineData("listed", "127.0.0.1", true, true, true)]
    public void Admission_FromAnAddress_IsForTheKeysOfTheOption(string admit, string address, bool named, bool trusted, bool stranger)
    {
        var wanted = Enum.Parse<Admit>(admit, ignoreCase: true);
        var trust = new TrustScores(PeerLists.Empty with { Follow = new HashSet<PublicKey> { Named } }, new WotOptions());
        trust.Publish(new TrustSnapshot(new Dictionary<Hex32, int> { [Hex32.From(Trusted)] = 10 }, new HashSet<Hex32>(), hasWeb: true));
        var admission = new RouterAdmission(trust, new RouterOptions { Admit = new AdmitOptions { Nodes = wanted, Clients = wanted } });
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Connection.LocalIpAddress = IPAddress.Parse(address == "127.0.0.1" ? address : "198.51.100.1");

        ErrorCode? Code(bool admitted, ErrorCode refused) => admitted ? null : refused;
        foreach (var (key, admitted) in ((PublicKey, bool)[])[(Named, named), (Trusted, trusted), (Stranger, stranger)])
        {
            (admission.Node(context, key)?.Code).ShouldBe(Code(admitted, ErrorCode.NodeNotAllowed));
            (admission.Client(context, key)?.Code).ShouldBe(Code(admitted, ErrorCode.ClientNotAllowed));
        }
    }

    [Theory]
    [InlineData(NodeReach.Direct)]
    [InlineData(NodeReach.Reverse)]
    public async Task RootMutesANodeThatServes_IsUsedNoMore(object reach)
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var node = await TestDaemon.StartAsync(Role.Node, new FedAiOptions { Node = new NodeOptions { Routers = [$"{router.Key.PublicKey.Npub}@{router.Base}"], Reach = (NodeReach)reach } },
            services => services.AddSingleton<IRunner>(new ScriptedRunner()));
        var (nodes, channels, web) = (router.Services.GetRequiredService<NodeDirectory>(), router.Services.GetRequiredService<NodeChannels>(), router.Services.GetRequiredService<WebOfTrust>());
        await Patience.UntilAsync(() => nodes.Find(node.Key.PublicKey) is { Descriptor.Capabilities.Count: > 0 });

        // The router's own key is the root.
        web.Take(NostrEvent.Sign(router.Key, NostrKinds.MuteList, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), [["p", node.Key.PublicKey.Hex]], "")).ShouldBeTrue();
        web.Recompute();
        web.Publish();

        nodes.Current.ShouldBeEmpty();
        await Patience.UntilAsync(() => channels.Open == 0);
    }

    [Fact]
    public void Admission_ByDefault_TakesTrustedNodesAndAnyClient() =>
        (new AdmitOptions().Nodes, new AdmitOptions().Clients).ShouldBe((Admit.Wot, Admit.Anyone));
}
