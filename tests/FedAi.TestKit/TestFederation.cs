using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Router;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Runners;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.TestKit;

/// <summary>A router and nodes that serve it, all real, on loopback; what the nodes answer is scripted.</summary>
internal sealed class TestFederation : IAsyncDisposable
{
    private readonly List<TestDaemon> nodes = [];

    private TestFederation(TestDaemon router) => Router = router;

    public TestDaemon Router { get; }

    public IReadOnlyList<TestDaemon> Nodes => nodes;

    public NodeDirectory Directory => Router.Services.GetRequiredService<NodeDirectory>();

    /// <summary>Starts a router and one node per runner, and waits until every node is registered.</summary>
    public static Task<TestFederation> StartAsync(params IRunner[] runners) => StartAsync(new FedAiOptions(), runners);

    /// <summary>The same, the router with options of its own.</summary>
    public static Task<TestFederation> StartAsync(FedAiOptions router, params IRunner[] runners) => StartAsync(router, manifest: null, runners);

    /// <summary>The same, the router bound by a manifest too.</summary>
    public static async Task<TestFederation> StartAsync(FedAiOptions router, RouterManifest? manifest, params IRunner[] runners)
    {
        var federation = new TestFederation(await TestDaemon.StartAsync(Role.Router, router, manifest: manifest));
        foreach (var runner in runners) await federation.AddNodeAsync(runner);
        return federation;
    }

    public async Task<TestDaemon> AddNodeAsync(IRunner runner, NodeOptions? options = null, KeyPair? key = null)
    {
        var node = await TestDaemon.StartAsync(
            Role.Node,
            new FedAiOptions { Node = (options ?? new NodeOptions()) with { Routers = [.. options?.Routers ?? [], $"{Router.Key.PublicKey.Npub}@{Router.Base}"] } },
            services => services.AddSingleton(runner),
            key);
        nodes.Add(node);
        await WaitForAsync(() => Directory.Find(node.Key.PublicKey) is { Descriptor.Capabilities.Count: > 0 });
        return node;
    }

    /// <summary>Waits until the router's directory says so; gives up after 20 s.</summary>
    public async Task WaitForAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var changed = new SemaphoreSlim(0);
        void OnChanged() => changed.Release();
        Directory.Changed += OnChanged;
        try
        {
            while (!condition()) await changed.WaitAsync(patience.Token);
        }
        finally
        {
            Directory.Changed -= OnChanged;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.DisposeAsync();
        await Router.DisposeAsync();
    }
}
