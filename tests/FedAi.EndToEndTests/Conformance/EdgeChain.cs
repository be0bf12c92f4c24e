using FedAi.Daemon.Accounts;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.OpenAi;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Conformance;

/// <summary>A gateway, a router and a node, all real, on loopback, ready to be asked for the models of a runner.</summary>
internal sealed class EdgeChain : IAsyncDisposable
{
    public const string Gateway = "gateway";
    public const string Router = "router";

    private readonly TestFederation federation;
    private readonly TestDaemon gateway;

    private EdgeChain(TestFederation federation, TestDaemon gateway) => (this.federation, this.gateway) = (federation, gateway);

    public static IReadOnlyList<string> Edges { get; } = [Gateway, Router];

    /// <summary>Where an edge listens.</summary>
    public Uri this[string edge] => edge == Gateway ? gateway.Base : federation.Router.Base;

    public static async Task<EdgeChain> StartAsync(IRunner runner)
    {
        var federation = await TestFederation.StartAsync();
        await federation.AddNodeAsync(runner, new NodeOptions { MaxConcurrency = 16 });
        var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions
        {
            Relays = new RelayOptions { Bootstrap = [$"ws://127.0.0.1:{federation.Router.Base.Port}/relay"] },
        });
        await Patience.UntilAsync(() => gateway.Services.GetRequiredService<IInferenceBackend>().Models.Count == runner.Models.Count);
        return new EdgeChain(federation, gateway);
    }

    /// <summary>A new API key of the router.</summary>
    public async Task<string> IssueKeyAsync(Func<ApiKeyRow, ApiKeyRow> limit)
    {
        var row = new ApiKeyRow { Id = "", Npub = gateway.Key.PublicKey.Npub, Name = "", CreatedMs = 0, PerSecond = 1000, Burst = 1000 };
        return (await federation.Router.Services.GetRequiredService<ApiKeys>().IssueAsync(limit(row))).Secret!;
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await federation.DisposeAsync();
    }
}
