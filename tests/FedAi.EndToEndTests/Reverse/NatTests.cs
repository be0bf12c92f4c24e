using System.Diagnostics;
using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Reverse;

/// <summary>A home machine without any inbound port, and a router, a relay and a gateway elsewhere: real processes in two networks.</summary>
public sealed class NatTests
{
    private const string Question = "What is a router?";

    [NamespaceFact]
    public async Task Ask_NodeWithoutAnInboundPort_Answers()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(180));
        using var networks = NetworkNamespaces.Create();
        await using var federation = new ProcessFederation(Fedai.Executable)
        {
            Launcher = name => NetworkNamespaces.In(name == "node" ? networks.Home : networks.Outside),
        };
        var outside = new JsonObject
        {
            ["http"] = new JsonObject
            {
                ["listen"] = $"{NetworkNamespaces.OutsideAddress}:8480",
                ["tls"] = new JsonObject { ["mode"] = "pinned" },
            },
            ["filter"] = new JsonObject { ["follow"] = new JsonArray(await federation.NpubAsync("node", limit.Token)) },
            ["relays"] = new JsonObject { ["publish"] = new JsonArray("ws://127.0.0.1:8490/relay") },
        };
        await federation.StartRelayAsync("relay", "127.0.0.1:8490", limit.Token);
        var router = await federation.StartDaemonAsync("router", "router", outside, limit.Token);
        var status = JsonNode.Parse((await federation.CommandAsync(limit.Token, "status", "--data", federation.Data("router"), "--json")).Output)!;
        // As an operator would: the router, its address and its key hash, and nothing about how it is reached.
        var node = await federation.StartDaemonAsync("node", "node", new JsonObject
        {
            ["node"] = new JsonObject { ["routers"] = new JsonArray($"{await federation.NpubAsync("router", limit.Token)}@{router.Url}#{status["tlsSpki"]![0]}") },
            ["runner"] = new JsonObject { ["modelPath"] = DemoModel.Path },
        }, limit.Token);
        var gateway = await federation.StartGatewayAsync(new Uri("ws://127.0.0.1:8490/relay"), limit.Token);

        using var loading = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        CommandResult answer;
        do answer = await federation.CommandAtAsync("gateway", limit.Token, "ask", Question, "--url", gateway.Url.ToString());
        while (answer.ExitCode != 0 && !loading.IsCancellationRequested);
        answer.ExitCode.ShouldBe(0, answer.Errors + router.Output + node.Output + gateway.Output);

        answer.Output.ShouldContain("A router receives requests from clients");
        var doctor = await federation.CommandAtAsync("node", limit.Token, "doctor", "--data", federation.Data("node"));
        doctor.Output.ShouldContain("asks over the connection this node opened");
        (await KnockAsync(networks.Home, node.Url)).ShouldBe(0);
        (await KnockAsync(networks.Outside, node.Url)).ShouldNotBe(0);
        (await KnockAsync(networks.Outside, new UriBuilder(node.Url) { Host = NetworkNamespaces.HomeAddress }.Uri)).ShouldNotBe(0);
        await ConnectedAsync(federation, 1, limit.Token);

        // Neither end is told when the cable is pulled; both find out, and the node is back when it can be.
        networks.Cut();
        await ConnectedAsync(federation, 0, limit.Token);
        networks.Mend();
        await ConnectedAsync(federation, 1, limit.Token);
    }

    /// <summary>Waits until the router says that so many nodes are connected.</summary>
    private static async Task ConnectedAsync(ProcessFederation federation, int count, CancellationToken cancellationToken)
    {
        CommandResult status;
        do status = await federation.CommandAsync(cancellationToken, "status", "--data", federation.Data("router"), "--json");
        while ((int)JsonNode.Parse(status.Output)!["nodes"]!["connected"]! != count);
    }

    /// <summary>0 when a connection to that address can be opened from that network.</summary>
    private static async Task<int> KnockAsync(string space, Uri address)
    {
        string[] line = [.. NetworkNamespaces.In(space), "bash", "-c", $"exec 3<>/dev/tcp/{address.Host}/{address.Port}"];
        using var knock = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true })!;
        await knock.WaitForExitAsync();
        return knock.ExitCode;
    }
}
