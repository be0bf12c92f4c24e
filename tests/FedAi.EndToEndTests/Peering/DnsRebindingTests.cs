using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FedAi.EndToEndTests.Reverse;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Peering;

/// <summary>A router behind a name of its own, whose name server says a public address when it is judged and this machine's when it is connected to. Row FAX-10.</summary>
public sealed class DnsRebindingTests
{
    private const int Port = 8480;
    private const string Relay = "ws://127.0.0.1:8490/relay";
    private const string Question = "What is a router?";

    private static readonly IPAddress Public = IPAddress.Parse(NetworkNamespaces.OutsideAddress);

    [NamespaceFact]
    public async Task Router_ItsNameTurnsIntoThisMachine_IsNotConnectedTo()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(240));
        using var networks = NetworkNamespaces.Create();
        networks.UseOwnResolver();
        await using var names = DnsServer.Start(networks.Outside);
        names.Answer = _ => [Public];
        // Where the name would lead: the same port of this machine's loopback, on which a service of the operator's may listen.
        using var trap = NamespaceEntry.Run(networks.Outside, () =>
        {
            var listener = new TcpListener(IPAddress.Loopback, Port);
            listener.Start();
            return listener;
        });
        var caught = 0;
        _ = CatchAsync();
        await using var federation = new ProcessFederation(Fedai.Executable) { Launcher = _ => NetworkNamespaces.In(networks.Outside) };
        await federation.StartRelayAsync("relay", "127.0.0.1:8490", limit.Token);
        await StartRouterAsync(federation, limit.Token);
        await StartNodeAsync(federation, limit.Token);

        // As it should be: the name leads to the router.
        var gateway = await StartGatewayAsync(federation, "gateway", "none", limit.Token);
        CommandResult answer;
        do answer = await AskAsync(federation, gateway, limit.Token);
        while (answer.ExitCode != 0);
        answer.Output.ShouldContain("A router receives requests");

        // Public at the first look, loopback at every further one: whoever looks twice is caught.
        await gateway.StopAsync(limit.Token);
        var asked = names.Questions;
        names.Answer = number => number == asked + 1 ? [Public] : [IPAddress.Loopback];
        gateway = await federation.RestartGatewayAsync(gateway, limit.Token);
        do await AskAsync(federation, gateway, limit.Token);
        while (names.Questions < asked + 3);
        caught.ShouldBe(0);

        // Loopback only, and one of two: fails closed, and says why.
        foreach (var lie in (IPAddress[][])[[IPAddress.Loopback], [Public, IPAddress.Loopback]])
        {
            await gateway.StopAsync(limit.Token);
            names.Answer = _ => lie;
            gateway = await federation.RestartGatewayAsync(gateway, limit.Token);
            asked = names.Questions;
            do answer = await AskAsync(federation, gateway, limit.Token);
            while (names.Questions == asked);
            answer.ExitCode.ShouldNotBe(0, answer.Output);
            caught.ShouldBe(0);
        }

        // An operator who permits it does get there, so the trap stands in the right place.
        names.Answer = _ => [IPAddress.Loopback];
        var permitting = await StartGatewayAsync(federation, "permitting", "loopback", limit.Token);
        do await AskAsync(federation, permitting, limit.Token);
        while (Volatile.Read(ref caught) == 0);

        async Task CatchAsync()
        {
            while (true)
            {
                using var client = await trap.AcceptTcpClientAsync(limit.Token);
                Interlocked.Increment(ref caught);
            }
        }
    }

    private static async Task StartRouterAsync(ProcessFederation federation, CancellationToken stop) => await federation.StartDaemonAsync("router", "router", new JsonObject
    {
        ["http"] = new JsonObject
        {
            ["listen"] = $"{NetworkNamespaces.OutsideAddress}:{Port}", ["publicEndpoint"] = $"https://rebind.example:{Port}", ["tls"] = new JsonObject { ["mode"] = "pinned" },
        },
        ["filter"] = new JsonObject { ["follow"] = new JsonArray(await federation.NpubAsync("node", stop)) },
        ["relays"] = new JsonObject { ["publish"] = new JsonArray(Relay) },
    }, stop);

    private static async Task StartNodeAsync(ProcessFederation federation, CancellationToken stop)
    {
        var status = JsonNode.Parse((await federation.CommandAsync(stop, "status", "--data", federation.Data("router"), "--json")).Output)!;
        await federation.StartDaemonAsync("node", "node", new JsonObject
        {
            ["node"] = new JsonObject { ["routers"] = new JsonArray($"{await federation.NpubAsync("router", stop)}@https://{NetworkNamespaces.OutsideAddress}:{Port}#{status["tlsSpki"]![0]}") },
            ["runner"] = new JsonObject { ["modelPath"] = DemoModel.Path },
        }, stop);
    }

    private static Task<FedaiProcess> StartGatewayAsync(ProcessFederation federation, string name, string allowPrivate, CancellationToken stop) =>
        federation.StartGatewayAsync(relay: null, stop, name, new JsonObject
        {
            ["http"] = new JsonObject { ["allowPrivate"] = allowPrivate },
            ["relays"] = new JsonObject { ["bootstrap"] = new JsonArray(Relay) },
        });

    private static Task<CommandResult> AskAsync(ProcessFederation federation, FedaiProcess gateway, CancellationToken stop) =>
        federation.CommandAtAsync("gateway", stop, "ask", Question, "--url", gateway.Url.ToString());
}
