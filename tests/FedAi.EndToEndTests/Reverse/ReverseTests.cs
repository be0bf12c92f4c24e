using System.Net;
using System.Net.Sockets;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Reverse;

/// <summary>A node that is asked over the connection it opened itself: as good as one with an address, in good times and bad.</summary>
public sealed class ReverseTests
{
    private const int Streams = 64;

    [Theory]
    [InlineData(TlsMode.None)]
    [InlineData(TlsMode.Pinned)]
    public async Task Infer_NodeBehindItsOwnConnection_AnswersAndTellsNoAddress(object tls)
    {
        await using var router = await RouterAsync((TlsMode)tls);
        await using var node = await NodeAsync(router, new ScriptedRunner());
        var entry = await RegisteredAsync(router, node);
        using var client = new WireClient(router.Base, KeyPair.Generate(), router.Services.GetRequiredService<PublicAddress>().TlsSpki);

        var (status, body) = await client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest);

        status.ShouldBe(HttpStatusCode.OK, body);
        entry.Descriptor.Endpoint.ShouldBe("reverse:");
        entry.Endpoint.Channel.ShouldNotBeNull();
        entry.Endpoint.IsConfidential.ShouldBeTrue();
        (await client.GetAsync("nodes")).ShouldNotContain(node.Base.Authority);
    }

    [Fact]
    public async Task Streams_ManyAtOnceAndHalfOfThemCancelled_TheOthersEnd()
    {
        var runner = new ScriptedRunner { StallAt = 1, StallFor = request => request.Messages is null && request.Prompt == "leave" };
        await using var router = await RouterAsync();
        await using var node = await NodeAsync(router, runner, new NodeOptions { MaxConcurrency = Streams });
        await RegisteredAsync(router, node);
        using var client = new WireClient(router.Base, KeyPair.Generate());
        using var limit = new CancellationTokenSource(Patience.Limit);

        var opened = await Task.WhenAll(Enumerable.Range(0, Streams).Select(index => client.StreamAsync(WireClient.Ask(prompt: index % 2 == 0 ? "leave" : "stay"), limit.Token)));
        opened.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        for (var i = 0; i < Streams; i += 2) opened[i].Dispose();
        for (var i = 1; i < Streams; i += 2) (await opened[i].Content.ReadAsStringAsync(limit.Token)).ShouldContain("event: final");

        // A cancelled stream stops its model, and the connection serves on.
        var capacity = node.Services.GetRequiredService<CapacityGate>();
        await Patience.UntilAsync(() => capacity.Running == 0);
        (await client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Node_StopsWhileItAnswers_RequestEndsAndTheNextNodeServes()
    {
        var stalling = new ScriptedRunner { StallAt = 0 };
        await using var router = await RouterAsync();
        await using var node = await NodeAsync(router, stalling);
        await RegisteredAsync(router, node);
        using var client = new WireClient(router.Base, KeyPair.Generate());
        var pending = client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest);
        await stalling.Stalled.WaitAsync(Patience.Limit);
        await using var other = await NodeAsync(router, new ScriptedRunner());
        await RegisteredAsync(router, other);

        await node.StopAsync();
        var (status, body) = await pending;
        var directory = router.Services.GetRequiredService<NodeDirectory>();
        await Patience.UntilAsync(() => !directory.Find(node.Key.PublicKey)!.IsActive(WireClient.Now));

        WireClient.ErrorOf(body).ShouldBe("node-unreachable", $"{status} {body}");
        (await client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Router_Restarted_NodeComesBackByItself()
    {
        using var folder = new TempFolder();
        var key = KeyPair.Generate();
        var first = await TestDaemon.StartAsync(Role.Router, new FedAiOptions(), key: key, dataFolder: folder.Path);
        await using var node = await NodeAsync(first, new ScriptedRunner());
        await RegisteredAsync(first, node);
        var address = first.Base;
        await first.DisposeAsync();

        await using var second = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Http = new HttpOptions { Listen = $"127.0.0.1:{address.Port}" } }, key: key, dataFolder: folder.Path);
        await RegisteredAsync(second, node);

        using var client = new WireClient(second.Base, KeyPair.Generate());
        (await client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest)).Status.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Coming in over a connection of the node's own makes nobody a local user.</summary>
    [Fact]
    public async Task Status_AskedByARouterElsewhere_TellsNothingInternal()
    {
        await using var node = await TestDaemon.StartAsync(Role.Node);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var nodeSide = new TcpClient();
        var accepting = listener.AcceptTcpClientAsync();
        await nodeSide.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var routerSide = await accepting;
        using var stop = new CancellationTokenSource();
        var serving = node.Services.GetRequiredService<ChannelListener>().ServeAsync(nodeSide.GetStream(), new IPEndPoint(IPAddress.Parse("8.8.8.8"), 443), stop.Token);
        using var channel = new PeerChannel(routerSide.GetStream(), isConfidential: true);

        using var status = await channel.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(PeerChannel.Base, "status")), CancellationToken.None);
        using var metrics = await channel.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(PeerChannel.Base, "metrics")), CancellationToken.None);

        (await status.Content.ReadAsStringAsync()).ShouldNotContain("\"listen\"");
        metrics.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await stop.CancelAsync();
        await serving.WaitAsync(Patience.Limit);
        await Patience.UntilAsync(() => channel.Closed.IsCancellationRequested);
    }

    [Fact]
    public async Task Register_ReverseWithoutAConnection_IsRefused()
    {
        await using var router = await RouterAsync();
        await using var forging = await ForgingNode.StartAsync(router.Base);
        using var client = new WireClient(router.Base, KeyPair.Generate());
        var descriptor = forging.Descriptor() with { NodeId = client.Key.PublicKey.Npub, KeyId = client.Key.PublicKey.Npub, Endpoint = "reverse:" };

        var (_, body) = await client.PostAsync("register-node", descriptor, ProtocolJson.Default.NodeDescriptor);

        WireClient.ErrorOf(body).ShouldBe("node-unreachable");
    }

    private static Task<TestDaemon> RouterAsync(TlsMode tls = TlsMode.None) =>
        TestDaemon.StartAsync(Role.Router, new FedAiOptions { Http = new HttpOptions { Tls = new TlsOptions { Mode = tls } } });

    private static Task<TestDaemon> NodeAsync(TestDaemon router, IRunner runner, NodeOptions? options = null)
    {
        var pin = router.Services.GetRequiredService<PublicAddress>().TlsSpki is [var current, ..] ? "#" + current : "";
        return TestDaemon.StartAsync(Role.Node,
            new FedAiOptions { Node = (options ?? new NodeOptions()) with { Reach = NodeReach.Reverse, Routers = [$"{router.Key.PublicKey.Npub}@{router.Base}{pin}"] } },
            services => services.AddSingleton(runner));
    }

    private static async Task<NodeEntry> RegisteredAsync(TestDaemon router, TestDaemon node)
    {
        var directory = router.Services.GetRequiredService<NodeDirectory>();
        return await Patience.ForAsync(() => directory.Find(node.Key.PublicKey) is { Descriptor.Capabilities.Count: > 0 } found && found.IsActive(WireClient.Now) ? found : null);
    }
}
