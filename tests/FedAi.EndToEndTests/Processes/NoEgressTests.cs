using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FedAi.EndToEndTests.Reverse;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>A whole federation in a network of its own, from which nothing leads out: no central service is missed. Rows CARD-02 and RAP-01.</summary>
public sealed class NoEgressTests
{
    [NamespaceFact]
    public async Task Federation_WithoutAWayOut_AnswersAlsoWhenARouterAndTheRelayAreKilled()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(240));
        using var networks = NetworkNamespaces.Create();
        await using var federation = new ProcessFederation(Fedai.Executable) { Launcher = _ => NetworkNamespaces.In(networks.Outside) };
        var relay = await federation.StartRelayAsync("relay", "127.0.0.1:0", limit.Token);
        var routers = new List<FedaiProcess>();
        var daemons = new List<FedaiProcess> { relay };
        foreach (var name in (string[])["a", "b"])
        {
            routers.Add(await federation.StartRouterAsync(limit.Token, $"router-{name}", new JsonObject { ["relays"] = new JsonObject { ["publish"] = new JsonArray(ProcessFederation.RelayOf(relay).ToString()) } }));
            daemons.Add(await federation.StartNodeAsync(routers[^1], DemoModel.Path, limit.Token, $"node-{name}", new JsonObject
            {
                ["node"] = new JsonObject { ["routers"] = new JsonArray($"{await federation.NpubAsync($"router-{name}", limit.Token)}@{routers[^1].Url}") },
            }));
        }

        var gateway = await federation.StartGatewayAsync(ProcessFederation.RelayOf(relay), limit.Token);
        daemons.AddRange([.. routers, gateway]);
        while (await ServingAsync() < 2)
        {
            // Until both nodes have registered and their routers have said so.
        }

        await AnswersAsync();

        var ports = daemons.Select(daemon => daemon.Url.Port).ToHashSet();
        var connections = await ConnectionsAsync(networks.Outside, limit.Token);
        connections.Count.ShouldBeGreaterThan(4);
        connections.ShouldAllBe(line => IsBetween(line, ports));

        // Whichever was asked before, the other one is left.
        for (var killed = 0; killed < 2; killed++)
        {
            await routers[killed].KillAsync(limit.Token);
            for (var i = 0; i < 3; i++) await AnswersAsync();
            if (killed == 1) break;
            routers[killed] = await federation.RestartAsync("router-a", limit.Token, routers[killed].Url);
            await relay.KillAsync(limit.Token);
            for (var i = 0; i < 3; i++) await AnswersAsync();
            while (await NodesAsync("router-a") == 0 || await ServingAsync() < 2 || !await ServesAsync(routers[killed]))
            {
                // Its node comes back by itself, and the gateway hears of it.
            }
        }

        async Task AnswersAsync()
        {
            var asked = await federation.CommandAtAsync("gateway", limit.Token, "ask", "What is a router?", "--url", gateway.Url.ToString());
            asked.ExitCode.ShouldBe(0, asked.Errors + gateway.Output);
        }

        // A router that has just started remembers its nodes, and serves when they are back.
        async Task<bool> ServesAsync(FedaiProcess router) => (await federation.CommandAtAsync("gateway", limit.Token, "ask", "What is a router?", "--url", router.Url.ToString())).ExitCode == 0;

        async Task<int> ServingAsync() =>
            JsonNode.Parse((await federation.CommandAsync(limit.Token, "routers", "--data", federation.Data("gateway"), "--model", Path.GetFileNameWithoutExtension(DemoModel.Path), "--json")).Output)!["routers"]!.AsArray().Count;

        async Task<int> NodesAsync(string router) =>
            (int)JsonNode.Parse((await federation.CommandAsync(limit.Token, "status", "--data", federation.Data(router), "--json")).Output)!["nodes"]!["active"]!;
    }

    /// <summary>Every TCP connection of that network as <c>ss</c> prints it.</summary>
    private static async Task<IReadOnlyList<string>> ConnectionsAsync(string space, CancellationToken stop)
    {
        string[] line = [.. NetworkNamespaces.In(space), "ss", "-tnH"];
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Both ends on this machine, and one of them a daemon's own port.</summary>
    private static bool IsBetween(string line, HashSet<int> ports)
    {
        var ends = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(3).Take(2).ToList();
        return ends.TrueForAll(end => end.Contains("127.0.0.1", StringComparison.Ordinal))
            && ends.Exists(end => ports.Contains(int.Parse(end[(end.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture)));
    }
}
