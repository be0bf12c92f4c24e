using System.Text;
using System.Text.Json.Nodes;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>
/// The whole product on a machine that is full of serial numbers, addresses and names (PRF-20, MAN-30, ACC-06): the real executable, in every command
/// that looks at the machine, and as running daemons.
/// </summary>
public sealed class IdentifierTests
{
    /// <summary>What this kernel lets a test plant under the executable, of all that stands in the trees.</summary>
    private static readonly string[] Visible =
    [
        "annas-laptop-7731", "00:1b:44:11:3a:b7", "SERIALBOARD99", "Samsung SSD 970 EVO S466NX0K", "UltraProcessor 9999X", "GPU-5f1c-planted", "GeForce RTX 0815", "-annas-kernel",
        .. File.Exists("/etc/machine-id") ? ["4c4c4544-0051-3510-8052"] : Array.Empty<string>(),
    ];

    private static readonly string[] OptIn = ["--set", "privacy.mode=verbose", "--set", "privacy.publishHardwareIds=true"];

    private readonly Dictionary<string, byte[]> outputs = [];

    [MachineFact]
    public async Task Identifiers_OfTheMachine_AreInNoOutputOfAnyCommandOrDaemon()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        using var tree = MachineTree.GamingPc();
        await using var federation = new ProcessFederation(Fedai.Executable) { Launcher = _ => tree.Enter() };
        using var files = new TempFolder();
        var (profile, bench) = (files.File("profile.json"), files.File("bench.json"));
        Task<string> Tell(params string[] command) => TellAsync(federation, command, patience.Token);

        // Verbose, but without the second switch: the most that may be told.
        string[] verbose = ["--set", "privacy.mode=verbose", "--data", federation.Data("node")];
        await File.WriteAllTextAsync(profile, await Tell(["profile", "--offline", "--json", .. verbose]), patience.Token);
        await Tell(["profile", "--offline", "--disk-sample", .. verbose]);
        await Tell(["bench", "node", "--short", "--out", bench, .. verbose]);
        await Tell("recommend", "--profile", profile, "--bench", bench);
        await Tell("recommend", "--profile", profile, "--json");
        await Tell(["setup", "node", "--yes", "--skip-bench", "--skip-relays", "--json", .. verbose]);
        await Tell(["setup", "node", "--yes", "--skip-bench", "--skip-relays", .. verbose]);
        await Tell("setup", "router", "--yes", "--json", "--data", federation.Data("other"), "--set", "router.minimums.ramGb=4000");
        await Tell("config", "show", "--origin", "--data", federation.Data("node"));
        await Tell("doctor", "--data", federation.Data("node"));

        var relay = await federation.StartRelayAsync("relay", "127.0.0.1:0", patience.Token);
        await using var capture = await RelayCapture.StartAsync(ProcessFederation.RelayOf(relay));
        var router = await federation.StartRouterAsync(patience.Token, settings: new JsonObject
        {
            ["privacy"] = new JsonObject { ["mode"] = "verbose" }, ["audit"] = new JsonObject { ["mode"] = "verbose" }, ["log"] = new JsonObject { ["level"] = "trace" },
            ["relays"] = new JsonObject { ["publish"] = new JsonArray(capture.Url.ToString()) },
        });
        await Tell("manifest", "--write", "--role", "router", "--profile", profile, "--bench", bench, "--skip-relays", "--data", federation.Data("router"));
        await router.StopAsync(patience.Token);
        router = await federation.RestartAsync("router", patience.Token);
        await Tell(["setup", "node", "--yes", "--skip-bench", "--skip-relays", "--router", $"{await federation.NpubAsync("router", patience.Token)}@{router.Url}", "--set", "http.allowPrivate=loopback", "--set", "log.level=trace", .. verbose]);
        var node = await federation.RestartAsync("node", patience.Token);
        await AskAsync(router, patience.Token);
        await Patience.UntilAsync(() => capture.Frames.Count > 2);
        using var http = new HttpClient();
        foreach (var (name, daemon) in new[] { ("router", router), ("node", node) })
        {
            await Tell("status", "--json", "--data", federation.Data(name));
            await Tell("doctor", "--data", federation.Data(name));
            foreach (var path in new[] { "status", "metrics", "nodes" }) outputs[$"GET /{path} of the {name}"] = await ReadAsync(http, new Uri(daemon.Url, path), patience.Token);
        }

        await node.StopAsync(patience.Token);
        await router.StopAsync(patience.Token);
        outputs["log of the router"] = Encoding.UTF8.GetBytes(router.Output);
        outputs["log of the node"] = Encoding.UTF8.GetBytes(node.Output);
        foreach (var (frame, at) in capture.Frames.Select((frame, at) => (frame, at))) outputs[$"relay frame {at}"] = frame;
        foreach (var file in new[] { "router", "node" }.SelectMany(name => Directory.GetFiles(federation.Data(name), "*", SearchOption.AllDirectories)).Where(file => !file.EndsWith(".sock", StringComparison.Ordinal)).Append(profile).Append(bench))
            outputs[file] = await File.ReadAllBytesAsync(file, patience.Token);

        outputs.Keys.ShouldContain(name => name.EndsWith("store.db", StringComparison.Ordinal));
        outputs.Keys.ShouldContain(name => name.EndsWith("audit.jsonl", StringComparison.Ordinal));
        outputs.Keys.ShouldContain(name => name.EndsWith("router.manifest.json", StringComparison.Ordinal));
        outputs.Values.ShouldAllBe(output => output.Length < 100 << 20);
        foreach (var (name, output) in outputs)
            foreach (var planted in Visible) LeakSearch.Find(output, planted).ShouldBeNull($"{planted} in {name}");

        // The same search finds every one of them where the operator asked for it.
        outputs.Clear();
        await File.WriteAllTextAsync(profile, await Tell(["profile", "--offline", "--json", .. OptIn]), patience.Token);
        await Tell(["profile", "--offline", .. OptIn]);
        await Tell(["setup", "node", "--yes", "--skip-bench", "--skip-relays", "--json", "--data", federation.Data("open"), .. OptIn]);
        outputs["node manifest"] = await File.ReadAllBytesAsync(Path.Combine(federation.Data("open"), "node.manifest.json"), patience.Token);
        await TellAsync(federation, ["manifest", "--write", "--role", "router", "--profile", profile, "--skip-relays", "--data", federation.Data("router"), .. OptIn], patience.Token, keep: false);
        outputs["router manifest"] = await File.ReadAllBytesAsync(Path.Combine(federation.Data("router"), "router.manifest.json"), patience.Token);
        foreach (var (name, output) in outputs)
            foreach (var planted in Visible) LeakSearch.Find(output, planted).ShouldNotBeNull($"{planted} belongs in {name}");
    }

    /// <summary>Runs a command on the machine, keeps all it says and gives what it says on standard output.</summary>
    private async Task<string> TellAsync(ProcessFederation federation, string[] command, CancellationToken cancellationToken, bool keep = true)
    {
        var result = await federation.CommandAtAsync("any", cancellationToken, command);
        result.ExitCode.ShouldBeOneOf([0, 1, 75], result.Errors);
        if (keep) outputs[$"fedai {string.Join(' ', command)}"] = Encoding.UTF8.GetBytes(result.Output + result.Errors);
        return result.Output;
    }

    private static async Task<byte[]> ReadAsync(HttpClient http, Uri address, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(address, cancellationToken);
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <summary>One small job through the router, so that stores, logs and audits have something to tell.</summary>
    private static async Task AskAsync(FedaiProcess router, CancellationToken cancellationToken)
    {
        using var client = new WireClient(router.Url, KeyPair.Generate());
        await Patience.UntilAsync(async () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (status, _) = await client.PostAsync("infer", WireClient.Ask(RoleTypes.Prepost, """{"op":"sanitise","text":"hello"}"""), ProtocolJson.Default.InferenceRequest);
            return status == System.Net.HttpStatusCode.OK;
        });
    }
}
