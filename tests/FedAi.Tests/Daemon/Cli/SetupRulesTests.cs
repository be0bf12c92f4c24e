using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Cli.Setup;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Rules;
using FedAi.Runners.Llama;
using FedAi.TestKit;
using NodeLimits = FedAi.Protocol.Messages.NodeLimits;

namespace FedAi.Tests.Daemon.Cli;

/// <summary>The acceptance list of the architecture text (ACC-02 to 05), on every fixture machine.</summary>
public sealed class SetupRulesTests
{
    private static readonly RunnerOptions Llama = new();

    private static readonly HashSet<string> None = [];

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
        var (plan, refusal) = SetupRules.Node(found, new SetupWish(), Llama, None);

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
        var measured = SetupRules.Node(await FindAsync(machine, NodeBench), new SetupWish(), Llama, None).Plan!.Limits!;
        var found = await FindAsync(machine, null);
        var skipped = SetupRules.Node(found, new SetupWish(), Llama, None).Plan!.Limits!;

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
        var plan = SetupRules.Node(await FindAsync("Raspberry Pi", null, hasModel: true), wish, Llama, None).Plan!;

        plan.Roles.ShouldBe([RoleTypes.LlmCpuSmall]);
        plan.Warnings.ShouldHaveSingleItem().ShouldContain("because you said so");
        plan.Settings.Single(setting => setting.Key == "runner.kind").Value.ToJsonString().ShouldBe("\"llama\"");
    }

    [Fact]
    public async Task Node_ModelNamedWhereTheGateIsShut_TellsHowToForceIt() =>
        SetupRules.Node(await FindAsync("Raspberry Pi", null, hasModel: true), new SetupWish { Model = "/models/a.gguf" }, Llama, None).Plan!.Warnings.ShouldHaveSingleItem().ShouldContain("--role llm_cpu_small");

    [Theory]
    [InlineData("Raspberry Pi", "not on the GPU", false)]
    [InlineData("gaming PC", "llama.cpp is not built for it", true)]
    public async Task Node_ModelThatIsThereAndNotServed_WarnsUnasked(string machine, string words, bool isThere)
    {
        var found = await FindAsync(machine, null, hasModel: true, new RecommendInput { GpuLacks = "llama.cpp is not built for it", Gates = new NodeGates { LlmCpuMinCores = 1000 } });

        var plan = SetupRules.Node(found, new SetupWish(), Llama, None).Plan!;

        plan.Roles.ShouldBe([RoleTypes.Prepost, RoleTypes.Policy]);
        var warning = plan.Warnings.ShouldHaveSingleItem();
        warning.ShouldStartWith("the model is not served: ");
        warning.ShouldEndWith("--role llm_cpu_small");
        warning.Contains(words, StringComparison.Ordinal).ShouldBe(isThere, warning);
    }

    [Theory]
    [InlineData("runner.modelPath")]
    [InlineData("runner.models")]
    [InlineData("runner.kind")]
    public async Task Node_ModelThatTheFileNames_StaysServedWhereTheGateIsShut(string key)
    {
        var configured = key switch
        {
            "runner.modelPath" => new RunnerOptions { ModelPath = "a.gguf" },
            "runner.models" => new RunnerOptions { Models = [new ServedModelOptions { Path = "a.gguf" }] },
            _ => new RunnerOptions(),
        };

        var plan = SetupRules.Node(await FindAsync("old laptop", null, hasModel: true), new SetupWish(), configured, new HashSet<string> { key }).Plan!;

        plan.Roles.ShouldBe([RoleTypes.Prepost, RoleTypes.Policy, RoleTypes.LlmCpuSmall]);
        plan.Warnings.ShouldHaveSingleItem().ShouldContain("stays because the configuration has a model");
        plan.Settings.Single(setting => setting.Key == "runner.kind").Value.ToJsonString().ShouldBe("\"llama\"");
        SetupRules.Node(await FindAsync("old laptop", null, hasModel: true), new SetupWish { Model = "/b.gguf" }, configured, new HashSet<string> { key }).Plan!.Roles.ShouldBe(plan.Roles);
    }

    [Fact]
    public async Task Node_SeveralModelsAndNoneNamed_SaysWhatToDo()
    {
        var found = (await FindAsync("server", NodeBench)) with { ModelProblem = "several models lie in models: name the one to serve in runner.modelPath" };

        SetupRules.Node(found, new SetupWish(), Llama, None).Plan!.Warnings.ShouldHaveSingleItem().ShouldContain("--model FILE");
        SetupRules.Node(found, new SetupWish { Roles = [RoleTypes.LlmCpuSmall] }, Llama, None).Refusal!.ShouldContain("several models");
    }

    [Fact]
    public async Task Judge_ModelsOfTheFolderAndTheOptions_AreThoseTheDaemonWouldServe()
    {
        var found = await FindAsync("server", null);
        using var folder = new TempFolder();
        SetupFindings Judge(RunnerOptions runner) => new SetupMachine(folder.Path, new FedAiOptions { Runner = runner }, Intent.Balanced, isShort: true).Judge(found.Profile, null, null);
        Judge(Llama).ShouldSatisfyAllConditions(none => none.HasModel.ShouldBeFalse(), none => none.ModelProblem.ShouldBeNull());
        Directory.CreateDirectory(folder.File("models"));
        TinyGguf.WriteRandom(folder.File("models/a.gguf"), contextTokens: 640);

        Judge(Llama).ShouldSatisfyAllConditions(one => one.HasModel.ShouldBeTrue(), one => one.Input.Model!.ContextTokens.ShouldBe(640), one => one.Input.Model!.FileBytes.ShouldBe(new FileInfo(folder.File("models/a.gguf")).Length));
        File.Copy(folder.File("models/a.gguf"), folder.File("models/b.gguf"));

        Judge(Llama).ShouldSatisfyAllConditions(two => two.HasModel.ShouldBeFalse(), two => two.ModelProblem!.ShouldContain("several models"));
        Judge(new RunnerOptions { Models = [new ServedModelOptions { Path = "b" }] }).HasModel.ShouldBeTrue();
    }

    [Fact]
    public async Task Node_ModelOnAStrongGpu_GetsTheGpusLimitsAndRole()
    {
        var found = await FindAsync("gaming PC", NodeBench, hasModel: true);

        var plan = SetupRules.Node(found, new SetupWish(), Llama, None).Plan!;

        plan.Roles.ShouldBe([RoleTypes.Prepost, RoleTypes.Policy, RoleTypes.LlmGpu]);
        plan.Limits.ShouldBe(found.Recommendation.NodeProfiles.Single(role => role.Role == RoleTypes.LlmGpu).Limits);
        (plan.Limits!.MaxConcurrency, plan.Limits.MaxTokens).ShouldBe((16, 8192));
        plan.Settings.Single(setting => setting.Key == "runner.slots").Value.ToJsonString().ShouldBe("16");
        Apply(found, plan).Roles.ShouldBe(plan.Roles);
        var forced = SetupRules.Node(found, new SetupWish { Roles = [RoleTypes.LlmCpuSmall] }, Llama, None).Plan!;
        Apply(found, forced).Roles.ShouldBe([RoleTypes.LlmCpuSmall]);
    }

    [Theory, MemberData(nameof(Machines))]
    public async Task Node_WithAModel_HasLimitsThatFitItsContextAndTheMemory(string machine)
    {
        // Eight billion numbers of 4.8 bits; keys and values of 128 KiB a token.
        var model = new ModelShape([], 32, 32, 128, 131_072, 131_072) { FileBytes = 4_900_000_000 };
        foreach (var bench in new[] { NodeBench, null })
        {
            var found = await FindAsync(machine, bench, hasModel: true, new RecommendInput { Model = model });
            var best = found.Recommendation.NodeProfiles.Any(role => role.Role == RoleTypes.LlmGpu) ? RoleTypes.LlmGpu : RoleTypes.LlmCpuSmall;

            var (node, runner, limits, _) = Apply(found, SetupRules.Node(found, new SetupWish { Roles = [RoleTypes.Prepost, best] }, Llama, None).Plan!);

            var memory = best == RoleTypes.LlmGpu ? found.Profile.Hardware.Gpu.VramMb!.Value << 20 : found.Profile.Hardware.Memory.AvailableBytes;
            if (memory > 2 * model.FileBytes)
            {
                model.MemoryBytes(runner.ContextTokens, runner.Slots).ShouldBeLessThan(memory);
                runner.ContextTokens.ShouldBeGreaterThanOrEqualTo(bench is null ? 4096 : 8192, "what a program with tools needs");
            }

            node.MaxTokens.ShouldBeInRange(32, runner.ContextTokens / 2);
            (node.MaxPromptBytes / runner.ContextTokens).ShouldBeInRange(4, 6);
            (limits.MaxTokens, limits.MaxPayloadBytes, limits.MaxConcurrency).ShouldBe((node.MaxTokens, Math.Max(node.MaxPromptBytes, node.MaxRoleBytes), runner.Slots));
        }
    }

    [Fact]
    public async Task Node_ContextThatTheOperatorSet_StaysAndTheRestFollowsIt()
    {
        var found = await FindAsync("server", NodeBench, hasModel: true);
        var configured = new RunnerOptions { ContextTokens = 3000 };

        var kept = SetupRules.Node(found, new SetupWish(), configured, new HashSet<string> { "runner.contextTokens" }).Plan!.Limits!;
        var replaced = SetupRules.Node(found, new SetupWish { Replaces = true }, configured, new HashSet<string> { "runner.contextTokens" }).Plan!.Limits!;

        (kept.ContextTokens, kept.MaxTokens, kept.MaxPayloadBytes).ShouldBe((3000, 1024, 18_000));
        (replaced.ContextTokens, replaced.MaxPayloadBytes).ShouldBe((8192, 49_152));
    }

    [Fact]
    public async Task Report_OfWhatStaysServed_NamesTheRolesOfTheManifestAndWhatIsLeftOut()
    {
        var found = await FindAsync("server", null);
        var plan = SetupRules.Node(found, new SetupWish(), Llama, None).Plan!;
        using var folder = new TempFolder();

        var done = new SetupFiles(folder.Path, folder.File("fedai.json")).Write(Role.Node, new FedAiOptions { Node = new NodeOptions { Roles = [RoleTypes.Policy] } }, ConfigEdit.Empty, [], plan.Settings, Facts(found));

        done.Roles.ShouldBe([RoleTypes.Policy, RoleTypes.LlmCpuSmall]);
        JsonNode.Parse(await File.ReadAllTextAsync(folder.File("node.manifest.json")))!["role_types"]!.AsArray().Select(role => (string?)role).ShouldBe(done.Roles);
        SetupReport.Json("node", found, plan, done, "")["applied"]!["roles"]!.AsArray().Select(role => (string?)role).ShouldBe(done.Roles);
        var text = SetupReport.Text(found, plan, done, "");
        text.ShouldContain("roles     policy_node, llm_cpu_small\n");
        text.ShouldContain("not llm_gpu: there is no GPU that models run on");
    }

    [Fact]
    public async Task Node_LimitsOverridden_AreTakenTypedOrReadFromAFlag()
    {
        var wish = new SetupWish { Others = [new SetupSetting("node.maxConcurrency", 7, true), new SetupSetting("node.maxTokens", JsonNode.Parse("77")!, true), new SetupSetting("node.region", "EU", true)] };

        var plan = SetupRules.Node(await FindAsync("server", null), wish, Llama, None).Plan!;

        (plan.Limits!.MaxConcurrency, plan.Limits.MaxTokens).ShouldBe((7, 77));
        plan.Settings.Where(setting => setting.Key.StartsWith("node.max", StringComparison.Ordinal) && setting.IsSaid).Select(setting => setting.Value.ToJsonString()).ShouldBe(["7", "77"]);
    }

    [Fact]
    public async Task Node_WhoseModelsRunElsewhere_KeepsItsRunner() =>
        SetupRules.Node(await FindAsync("server", null), new SetupWish(), new RunnerOptions { Kind = RunnerKind.OpenAi }, None).Plan!.Settings.ShouldAllBe(setting => !setting.Key.StartsWith("runner.", StringComparison.Ordinal));

    private static async Task<SetupFindings> FindAsync(string machine, BenchResult? bench, bool hasModel = false, RecommendInput? input = null)
    {
        using var tree = Trees[machine]();
        var profile = await MachineScan.RunAsync(new MachineRoot(tree.Path), tree.Path, [], new BandOptions(), new PrivacyOptions(), TimeProvider.System, CancellationToken.None);
        profile = profile with { Network = profile.Network with { LatencyMs = 10, JitterMs = 1, UploadMbps = 50, DownloadMbps = 100 } };
        return new SetupFindings(profile, bench, input ?? new RecommendInput(), hasModel);
    }

    /// <summary>As set-up writes it: the options that then hold, and what the signed manifest says.</summary>
    private static (NodeOptions Node, RunnerOptions Runner, NodeLimits Limits, IReadOnlyList<string> Roles) Apply(SetupFindings found, SetupPlan plan)
    {
        using var folder = new TempFolder();
        var files = new SetupFiles(folder.Path, folder.File("fedai.json"));
        var (options, text, set, problems) = files.Plan(plan.Settings, replace: false);
        problems.ShouldBeEmpty();
        files.Write(Role.Node, options!, text, set, [], Facts(found) with { ModelRole = plan.Roles.FirstOrDefault(SetupRules.IsLlm) });
        var manifest = Manifests.Open(File.ReadAllBytes(folder.File("node.manifest.json")), ProtocolJson.Default.NodeManifest).Manifest!;
        return (options!.Node, options.Runner, manifest.Limits, manifest.RoleTypes);
    }

    private static ManifestFacts Facts(SetupFindings found) => new() { Version = "1", NowMs = 1, Profile = found.Profile, Bench = found.Bench };

    private static void Write(TempFolder folder, Role role, SetupFindings found) =>
        new SetupFiles(folder.Path, folder.File("fedai.json")).Write(role, new FedAiOptions(), ConfigEdit.Empty, [], [], Facts(found));

    private static BenchResult Bench(string suite) => new() { Suite = suite, Seed = 42, TimestampMs = 1, DurationMs = 150_000, Short = false, Partial = false, Checksum = "ab", SoftwareVersion = "1", CpuScore = 100_000, MemoryMBps = 10_000, DiskMBps = 500 };
}
