using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>
/// What the demo starts, once for all tests of a class: router, node with its caged llama.cpp, and gateway as processes of
/// their own; they meet through an independent relay, and everything that relay sees is kept.
/// </summary>
public sealed class Chain : IAsyncLifetime
{
    private ITestRelay relay = null!;

    internal ProcessFederation Federation { get; } = new(Path.Combine(AppContext.BaseDirectory, "fedai"));

    internal RelayCapture Capture { get; private set; } = null!;

    internal FedaiProcess Router { get; private set; } = null!;

    internal FedaiProcess Node { get; private set; } = null!;

    internal FedaiProcess Gateway { get; private set; } = null!;

    internal ChatClient Client { get; private set; } = null!;

    internal string Model { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        relay = await NpmRelay.StartAsync();
        Capture = await RelayCapture.StartAsync(relay.Url);
        Router = await Federation.StartRouterAsync(default, settings: new JsonObject { ["relays"] = new JsonObject { ["publish"] = new JsonArray(Capture.Url.ToString()) } });
        Node = await Federation.StartNodeAsync(Router, DemoModel.Path, default);
        Gateway = await Federation.StartGatewayAsync(Capture.Url, default);
        Client = new ChatClient(Gateway.Url);
        Model = await Client.FirstModelAsync(default);
    }

    /// <summary>Ends the relay and starts an empty one under the same address.</summary>
    internal async Task RestartRelayAsync() => relay = await relay.RestartAsync();

    /// <summary>Ends a daemon as a crash would and starts it as its service manager would: same folder, same address.</summary>
    internal async Task CrashAsync(string name, FedaiProcess process, CancellationToken cancellationToken)
    {
        await process.KillAsync(cancellationToken);
        var again = await Federation.RestartAsync(name, cancellationToken, process.Url);
        if (name == "router") Router = again;
        else Node = again;
    }

    public async Task DisposeAsync()
    {
        Client?.Dispose();
        await Federation.DisposeAsync();
        if (Capture is not null) await Capture.DisposeAsync();
        if (relay is not null) await relay.DisposeAsync();
    }
}
