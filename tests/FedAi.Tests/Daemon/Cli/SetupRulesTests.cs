using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Cli.Setup;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Cli;

/// <summary>The acceptance list of the architecture text (ACC-02 to 05), on every fixture machine.</summary>
public sealed class SetupRulesTests
{
    private static readonly BenchResult NodeBench = Bench(BenchResult.NodeSuite);

    private static readonly BenchResult RouterBench = Bench(BenchResult.RouterSuite) with
    {
        Figures =
        [
            new(FigureNames.Requests, "/s", 2000, 10, 5), new(FigureNames.DecisionP95, "µs", 700, 10, 5), new(FigureNames.DecisionP99, "µs", 900, 10, 5),
            new(FigureNames.FailoverDone, "‰", 1000, 0, 5), new(FigureNames.PressureDone, "‰", 1000, 0, 5),
        ],
    };

    public static TheoryData<string> Machines => [.. Trees.Keys];

    private static Dictionary<string, Func<MachineTree>> Trees { get; } = new()
    {
        ["Raspberry Pi"] = MachineTree.RaspberryPi, ["old laptop"] = MachineTree.OldLaptop, ["gaming PC"] = MachineTree.GamingPc, ["server"] = MachineTree.Server64,
        ["container"] = MachineTree.Container, ["virtual machine"] = MachineTree.VirtualMachine,
        ["no /proc"] = MachineTree.Empty, ["odd /proc"] = MachineTree.Odd, ["unreadable GPU tool"] = () => MachineTree.UnreadableGpu("exit 9"),
    };

    [Theory, MemberData(nameof(Machines))]
    public async Task Node_AnyMachine_GetsRolesThatRunAndValidOptions(string machine)
    {
        var found = await FindAsync(machine, NodeBench);
        var (plan, refusal) = SetupRules.Node(found, new SetupWish(), RunnerKind.Llama);

        refusal.ShouldBeNull();
        plan!.Roles.ShouldContain(RoleTypes.Prepost);
        plan.Roles.ShouldAllBe(role => RoleTypes.Running.Contains(role));
        plan.Warnings.ShouldBeEmpty();
        using var folder = new TempFolder();
        var (options, _, _, problems) = new SetupFiles(folder.Path, folder.File("fedai.json")).Plan(plan.Settings, replace: false);
        problems.ShouldBeEmpty();
        options!.Node.MaxConcurrency.ShouldBe(plan.Limits!.MaxConcurrency);
    }

    [Theory, MemberData(nameof(Machines))]
    public async Task Node_WithoutABenchmark_HasLowerLimitsAndBenchmarksNull(string machine)
    {
        var measured = SetupRules.Node(await FindAsync(machine, NodeBench), new SetupWish(), RunnerKind.Llama).Plan!.Limits!;
        var found = await FindAsync(machine, null);
        var skipped = SetupRules.Node(found, new SetupWish(), RunnerKind.Llama).Plan!.Limits!;

        skipped.MaxTokens.ShouldBeLessThan(measured.MaxTokens);
        skipped.MaxPayloadBytes.ShouldBeLessThan(measured.MaxPayloadBytes);
        skipped.MaxConcurrency.ShouldBeLessThanOrEqualTo(measured.MaxConcurrency);
        using var folder = new TempFolder();
        Write(folder, Role.Node, found);
        JsonNode.Parse(await File.ReadAllTextAsync(folder.File("node.manifest.json")))!.AsObject().ShouldContain(new KeyValuePair<string, JsonNode?>("benchmarks", null));
    }

    [Theory, MemberData(nameof(Machines))]
    public async Task Router_AnyMachine_IsNeverARoleAndItsManifestIsOnProbationAndMeasured(string machine)
    {
        var found = await FindAsync(machine, RouterBench);
        var verdict = found.Recommendation.RouterEligibility;
        found.Recommendation.NodeProfiles.ShouldAllBe(role => !role.Role.Contains("router"));
        if (verdict.Verdict != RouterVerdict.Pass)
        {
            verdict.Reasons.ShouldNotBeEmpty();
            return;
        }

        using var folder = new TempFolder();
        Write(folder, Role.Router, found);
        var (manifest, _, refusal) = Manifests.Open(await File.ReadAllBytesAsync(folder.File("router.manifest.json")), ProtocolJson.Default.RouterManifest);
        refusal.ShouldBeNull();
        manifest!.RouterMode.ShouldBe("probation");
        manifest.Benchmarks!.Value.GetProperty(FigureNames.DecisionP95).GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Router_SomeFixture_IsCapableAndSomeAreNot()
    {
        List<string> verdicts = [];
        foreach (var machine in Trees.Keys) verdicts.Add((await FindAsync(machine, RouterBench)).Recommendation.RouterEligibility.Verdict);
        verdicts.ShouldContain(RouterVerdict.Pass);
        verdicts.ShouldContain(RouterVerdict.Fail);
    }

    [Fact]
    public async Task Node_RoleForcedPastItsGate_WarnsWithEveryReason()
    {
        var wish = new SetupWish { Roles = [RoleTypes.LlmCpuSmall], Model = "/models/a.gguf" };
        var plan = SetupRules.Node(await FindAsync("Raspberry Pi", null, hasModel: true), wish, RunnerKind.Llama).Plan!;

        plan.Roles.ShouldBe([RoleTypes.LlmCpuSmall]);
        plan.Warnings.ShouldHaveSingleItem().ShouldContain("because you said so");
        plan.Settings.Single(setting => setting.Key == "runner.kind").Value.ToJsonString().ShouldBe("\"llama\"");
    }

    [Fact]
    public async Task Node_ModelNamedWhereTheGateIsShut_TellsHowToForceIt() =>
        SetupRules.Node(await FindAsync("Raspberry Pi", null, hasModel: true), new SetupWish { Model = "/models/a.gguf" }, RunnerKind.Llama).Plan!.Warnings.ShouldHaveSingleItem().ShouldContain("--role llm_cpu_small");

    [Fact]
    public async Task Node_LimitsOverridden_AreTakenTypedOrReadFromAFlag()
    {
        var wish = new SetupWish { Others = [new SetupSetting("node.maxConcurrency", 7, true), new SetupSetting("node.maxTokens", JsonNode.Parse("77")!, true), new SetupSetting("node.region", "EU", true)] };

        var plan = SetupRules.Node(await FindAsync("server", null), wish, RunnerKind.Llama).Plan!;

        (plan.Limits!.MaxConcurrency, plan.Limits.MaxTokens).ShouldBe((7, 77));
        plan.Settings.Where(setting => setting.Key.StartsWith("node.max", StringComparison.Ordinal) && setting.IsSaid).Select(setting => setting.Value.ToJsonString()).ShouldBe(["7", "77"]);
    }

    [Fact]
    public async Task Node_WhoseModelsRunElsewhere_KeepsItsRunner() =>
        SetupRules.Node(await FindAsync("server", null), new SetupWish(), RunnerKind.OpenAi).Plan!.Settings.ShouldAllBe(setting => !setting.Key.StartsWith("runner.", StringComparison.Ordinal));

    private static async Task<SetupFindings> FindAsync(string machine, BenchResult? bench, bool hasModel = false)
    {
        using var tree = Trees[machine]();
        var profile = await MachineScan.RunAsync(new MachineRoot(tree.Path), tree.Path, [], new BandOptions(), new PrivacyOptions(), TimeProvider.System, CancellationToken.None);
        profile = profile with { Network = profile.Network with { LatencyMs = 10, JitterMs = 1, UploadMbps = 50, DownloadMbps = 100 } };
        return new SetupFindings(profile, bench, new RecommendInput(), hasModel);
    }

    private static void Write(TempFolder folder, Role role, SetupFindings found) =>
        new SetupFiles(folder.Path, folder.File("fedai.json")).Write(role, new FedAiOptions(), ConfigEdit.Empty, [], [], new ManifestFacts { Version = "1", NowMs = 1, Profile = found.Profile, Bench = found.Bench });

    private static BenchResult Bench(string suite) => new() { Suite = suite, Seed = 42, TimestampMs = 1, DurationMs = 150_000, Short = false, Partial = false, Checksum = "ab", SoftwareVersion = "1", CpuScore = 100_000, MemoryMBps = 10_000, DiskMBps = 500 };
}
