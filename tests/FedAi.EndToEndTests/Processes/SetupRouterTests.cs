using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>ACC-03, MAN-03, RPR-14: a router set up by the real executable with the whole benchmark, the shortest that counts, and then run.</summary>
public sealed class SetupRouterTests
{
    [LongFact]
    public async Task SetupRouter_OnAMachineThatMayBeOne_WritesASignedManifestAndTheRouterIsOnProbation()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(6));
        await using var federation = new ProcessFederation(Fedai.Executable);
        var data = federation.Data("router");

        var setup = await federation.CommandAsync(patience.Token, ["setup", "router", "--yes", "--json", "--skip-relays", "--data", data, "--set", "bench.routerSeconds=120", "--set", "http.allowPrivate=loopback",
            .. await RouterSetup.EveryMachineAsync(federation, patience.Token)]);

        setup.ExitCode.ShouldBe(0, setup.Errors);
        var json = JsonNode.Parse(setup.Output)!;
        ((string?)json["recommendation"]!["routerEligibility"]!["verdict"], (string?)json["recommendation"]!["routerEligibility"]!["statement"]).ShouldBe((RouterVerdict.Pass, RouterVerdict.Capable));
        var bench = json["bench"]!;
        ((string?)bench["suite"], (bool)bench["short"]!, (bool)bench["partial"]!).ShouldBe(("router", false, false));
        ((long)bench["durationMs"]!).ShouldBeInRange(120_000, 300_000);

        var path = Path.Combine(data, "router.manifest.json");
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(path, patience.Token))!;
        ((string?)manifest["id"], (string?)manifest["router_mode"]).ShouldBe(((string?)json["applied"]!["npub"], "probation"));
        ((double)manifest["benchmarks"]!["router.decision.p95"]!).ShouldBeGreaterThan(0);
        ((long)manifest["benchmarks"]!["timestampMs"]!).ShouldBe((long)bench["timestampMs"]!);
        (await federation.CommandAsync(patience.Token, "manifest", "verify", path)).ExitCode.ShouldBe(0);

        var router = await federation.RestartAsync("router", patience.Token);
        using var http = new HttpClient();
        var status = JsonNode.Parse(await http.GetStringAsync(new Uri(router.Url, "status"), patience.Token))!;
        ((string?)status["mode"], (bool)status["eligible"]!).ShouldBe(("probation", true));
    }
}
