using FedAi.Daemon.Capability;
using FedAi.TestKit;
using FedAi.Protocol.Rules;

namespace FedAi.Tests.Daemon.Capability;

public sealed class RecommenderTests
{
    private static readonly BenchResult NodeBench = Bench(BenchResult.NodeSuite);

    private static readonly BenchResult RouterBench = Bench(BenchResult.RouterSuite) with
    {
        Figures =
        [
            new(FigureNames.Requests, "/s", 2000, 10, 5), new(FigureNames.DecisionP99, "µs", 900, 10, 5), new(FigureNames.FailoverDone, "‰", 1000, 0, 5), new(FigureNames.PressureDone, "‰", 1000, 0, 5),
        ],
    };

    public static TheoryData<string> Intents => [.. Enum.GetNames<Intent>()];

    [Theory, MemberData(nameof(Intents))]
    public async Task LowSpec_AnyIntent_GetsUsefulRolesAndNoModel(string intent)
    {
        foreach (var machine in (Func<MachineTree>[])[MachineTree.OldLaptop, MachineTree.RaspberryPi, () => MachineTree.OldLaptop().Memory(2_000_000, 900_000), MachineTree.Container])
        {
            var got = Recommender.Recommend(await ScanAsync(machine), NodeBench, new RecommendInput { Intent = Enum.Parse<Intent>(intent) });

            got.NodeProfiles.Select(role => role.Role).ShouldContain(RoleTypes.Prepost);
            got.NodeProfiles.ShouldAllBe(role => !role.Role.StartsWith("llm", StringComparison.Ordinal));
            got.NotRecommended.Where(role => role.Role.StartsWith("llm", StringComparison.Ordinal)).ShouldAllBe(role => role.Reasons.Count > 0);
            got.NodeProfiles.ShouldAllBe(role => role.Limits.MaxConcurrency <= 4 && role.Rationale.Length > 20);
        }
    }

    [Fact]
    public async Task LowSpec_TwoCores_RunsTwoAtOnceAtMost() =>
        Recommender.Recommend(await ScanAsync(MachineTree.OldLaptop), NodeBench, new RecommendInput()).NodeProfiles.ShouldAllBe(role => role.Limits.MaxConcurrency <= 2);

    [Fact]
    public async Task Roles_EveryMachine_AreThoseThatRun()
    {
        foreach (var machine in (Func<MachineTree>[])[MachineTree.GamingPc, MachineTree.Server64, MachineTree.VirtualMachine, MachineTree.Amd, MachineTree.Empty, MachineTree.Odd])
        {
            var got = Recommender.Recommend(await ScanAsync(machine), RouterBench, new RecommendInput { Intent = Intent.HighEarnings });
            got.NodeProfiles.ShouldAllBe(role => RoleTypes.Running.Contains(role.Role));
            got.NodeProfiles.Select(role => role.Role).Concat(got.NotRecommended.Select(role => role.Role)).ShouldBe(RoleTypes.Running, ignoreOrder: true);
            new[] { RouterVerdict.Capable, RouterVerdict.ShouldNot }.ShouldContain(got.RouterEligibility.Statement);
            var all = got.Defaults;
            new long[] { all.MaxConcurrency, all.MaxPayloadBytes, all.MaxTokens, all.InputMsat, all.OutputMsat }.ShouldAllBe(value => value > 0);
        }
    }

    [Fact]
    public async Task Models_StrongMachines_AreRecommended()
    {
        var server = Recommender.Recommend(await ScanAsync(MachineTree.Server64), NodeBench, new RecommendInput());
        server.NodeProfiles.Single(role => role.Role == RoleTypes.LlmCpuSmall).Limits.ShouldBe(new NodeDefaults(2, 49_152, 1024, 1, 2, 8192));
        var gaming = Recommender.Recommend(await ScanAsync(MachineTree.GamingPc), NodeBench, new RecommendInput());
        gaming.NodeProfiles.Select(role => role.Role).ShouldBe([RoleTypes.Prepost, RoleTypes.Policy, RoleTypes.LlmCpuSmall, RoleTypes.LlmGpu]);
        gaming.Defaults.MaxConcurrency.ShouldBe(16);
    }

    [Fact]
    public async Task Gpu_LessMemoryOrSpeed_LowersTheLimits()
    {
        static async Task<NodeDefaults> OfAsync(long vram, long? speed)
        {
            var profile = await ScanAsync(() => MachineTree.GamingPc().Tool("nvidia-smi", $"echo {vram}"));
            return Recommender.Recommend(profile, NodeBench, new RecommendInput { ModelMilliTokensPerSecond = speed }).NodeProfiles.Single(role => role.Role == RoleTypes.LlmGpu).Limits;
        }

        var (small, middle, large) = (await OfAsync(8192, null), await OfAsync(16_384, null), await OfAsync(24_564, null));
        (small.MaxConcurrency < middle.MaxConcurrency && middle.MaxConcurrency < large.MaxConcurrency).ShouldBeTrue();
        (small.MaxTokens < middle.MaxTokens && middle.MaxTokens < large.MaxTokens).ShouldBeTrue();
        var slow = await OfAsync(24_564, 6000);
        (slow.MaxConcurrency < large.MaxConcurrency && slow.MaxTokens < large.MaxTokens).ShouldBeTrue();
    }

    [Fact]
    public async Task Trouble_PoorNetworkOrThrottling_LowersConcurrency()
    {
        var profile = await ScanAsync(MachineTree.Server64);
        int AtOnce(MachineProfile machine, Intent intent = Intent.Balanced) => Recommender.Recommend(machine, NodeBench, new RecommendInput { Intent = intent }).NodeProfiles[0].Limits.MaxConcurrency;
        var normal = AtOnce(profile);

        AtOnce(profile with { CapabilityBands = profile.CapabilityBands with { Net = "net_poor" } }).ShouldBeLessThan(normal);
        AtOnce(profile with { Hardware = profile.Hardware with { Cpu = profile.Hardware.Cpu with { Throttled = "it is too hot" } } }).ShouldBeLessThan(normal);
        AtOnce(profile, Intent.LowPower).ShouldBeLessThan(normal);
        AtOnce(profile, Intent.Reliability).ShouldBeLessThan(normal);
        var laptop = await ScanAsync(MachineTree.OldLaptop);
        AtOnce(laptop, Intent.HighEarnings).ShouldBeGreaterThan(AtOnce(laptop));
        Recommender.Recommend(profile, NodeBench, new RecommendInput { Intent = Intent.Privacy }).NotRecommended.ShouldContain(role => role.Role == RoleTypes.Policy);
    }

    [Fact]
    public async Task NoBench_EveryMachine_IsStrictlyMoreCautious()
    {
        foreach (var machine in (Func<MachineTree>[])[MachineTree.OldLaptop, MachineTree.RaspberryPi, MachineTree.GamingPc, MachineTree.Server64, MachineTree.VirtualMachine])
        {
            var profile = await ScanAsync(machine);
            // What slows the machine down would be a second reason for caution.
            profile = profile with { Hardware = profile.Hardware with { Cpu = profile.Hardware.Cpu with { Throttled = null } } };
            var (with, without) = (Recommender.Recommend(profile, NodeBench, new RecommendInput()).Defaults, Recommender.Recommend(profile, null, new RecommendInput()).Defaults);
            (without.MaxConcurrency < with.MaxConcurrency && without.MaxPayloadBytes < with.MaxPayloadBytes && without.MaxTokens < with.MaxTokens).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Gates_OtherThresholds_ChangeWhatIsRecommended()
    {
        var profile = await ScanAsync(MachineTree.Server64);
        Recommender.Recommend(profile, NodeBench, new RecommendInput { Gates = new NodeGates { LlmCpuMinRamGb = 1000 } }).NotRecommended.ShouldContain(role => role.Role == RoleTypes.LlmCpuSmall);
        Recommender.Recommend(profile, NodeBench, new RecommendInput { Gates = new NodeGates { RolesByBand = ["cpu_high=policy_node"] } }).NodeProfiles.Select(role => role.Role).ShouldBe([RoleTypes.Policy]);
        Recommender.Recommend(profile, NodeBench, new RecommendInput { ModelMilliTokensPerSecond = 4_999 }).NotRecommended.ShouldContain(role => role.Role == RoleTypes.LlmCpuSmall);
    }

    [Fact]
    public async Task Gates_ForAModelOnTheProcessor_AreTheirThresholdsAlone()
    {
        async Task<bool> IsOfferedAsync(Func<MachineTree> machine, NodeGates gates) =>
            Recommender.Recommend(await ScanAsync(machine), NodeBench, new RecommendInput { Gates = gates }).NodeProfiles.Any(role => role.Role == RoleTypes.LlmCpuSmall);
        var (open, virtualMachine) = (new NodeGates { LlmCpuMinCores = 4, LlmCpuMinRamGb = 16 }, (Func<MachineTree>)MachineTree.VirtualMachine);

        (await IsOfferedAsync(virtualMachine, new NodeGates())).ShouldBeFalse();
        (await IsOfferedAsync(virtualMachine, open)).ShouldBeTrue();
        (await IsOfferedAsync(virtualMachine, open with { LlmCpuMinRamGb = 17 })).ShouldBeFalse();
        (await IsOfferedAsync(virtualMachine, open with { LlmCpuMinCores = 5 })).ShouldBeFalse();
        (await IsOfferedAsync(MachineTree.OldLaptop, new NodeGates { LlmCpuMinCores = 0, LlmCpuMinRamGb = 0 })).ShouldBeFalse("it has no AVX2");
    }

    [Fact]
    public async Task Gpu_WithoutTheProgramsThatUseIt_IsNotRecommendedAndSaysWhatIsMissing()
    {
        var got = Recommender.Recommend(await ScanAsync(MachineTree.GamingPc), NodeBench, new RecommendInput { GpuLacks = "llama.cpp's CUDA build is missing" });

        got.NotRecommended.Single(role => role.Role == RoleTypes.LlmGpu).Reasons.ShouldBe(["llama.cpp's CUDA build is missing"]);
        var little = new RecommendInput { Gates = new NodeGates { LlmGpuMinRamGb = 1000 } };
        Recommender.Recommend(await ScanAsync(MachineTree.GamingPc), NodeBench, little).NotRecommended.Single(role => role.Role == RoleTypes.LlmGpu).Reasons.ShouldHaveSingleItem().ShouldContain("1000 GB of memory are needed beside the GPU");
        Recommender.Recommend(await ScanAsync(MachineTree.OldLaptop), NodeBench, new RecommendInput { GpuLacks = "x" }).NotRecommended.Single(role => role.Role == RoleTypes.LlmGpu).Reasons.ShouldNotContain("x", "there is no GPU");
    }

    [Fact]
    public async Task LowConcurrency_OfABand_CapsWhatIsRecommendedThere()
    {
        var server = await ScanAsync(MachineTree.Server64);
        int AtOnce(params string[] entries) => Recommender.Recommend(server, NodeBench, new RecommendInput { Gates = new NodeGates { LowConcurrency = entries } }).NodeProfiles[0].Limits.MaxConcurrency;

        AtOnce().ShouldBe(64);
        AtOnce("cpu_high=9", "ram_64_plus=3", "gpu_8gb=1").ShouldBe(3);
    }

    [Fact]
    public async Task Prices_OfOthers_BecomeThePriceAndTheEarnings()
    {
        var got = Recommender.Recommend(await ScanAsync(MachineTree.GamingPc), NodeBench, new RecommendInput
        {
            Prices = [new(1000, 4000), new(3000, 8000), new(9000, 90_000)],
            ModelMilliTokensPerSecond = 50_000,
        });

        (got.Defaults.InputMsat, got.Defaults.OutputMsat).ShouldBe((3, 8));
        got.Earnings.ShouldBe(new Earnings(180_000 * 8, 180_000, 3));
    }

    [Fact]
    public async Task Router_EveryShortcoming_IsNamed()
    {
        var got = RouterGates.Judge(await ScanAsync(MachineTree.RaspberryPi), null, new RouterMinimums(), new BandOptions());

        (got.Verdict, got.Statement).ShouldBe(("FAIL", RouterVerdict.ShouldNot));
        string.Join('|', got.Reasons).ShouldBe("CPU architecture must be x86_64; this one is aarch64|CPU must support AVX2|Minimum 16GB RAM required; there are 3.7 GiB"
            + "|the network was not measured: name a relay or router that answers (relays.bootstrap, bench.targets)"
            + "|the upload was not measured: name a router that takes part in it (bench.targets), or set router.minimums.minUploadMbps to 0 when you know it suffices|Benchmarks are required: fedai bench router");
    }

    [Fact]
    public async Task Router_StrongMachineWithBench_IsCapable()
    {
        var profile = await NetworkedAsync(MachineTree.Server64);

        var got = RouterGates.Judge(profile, RouterBench, new RouterMinimums(), new BandOptions());

        (got.Verdict, got.Statement, got.Reasons.Count).ShouldBe(("PASS", RouterVerdict.Capable, 0));
        foreach (var (bench, why) in new (BenchResult, string)[]
        {
            (RouterBench with { Short = true }, "short"), (RouterBench with { Partial = true }, "interrupted"), (NodeBench, "required"),
            (RouterBench with { Figures = [.. RouterBench.Figures.Where(figure => figure.Name != FigureNames.Requests)] }, "requests/s"),
            (RouterBench with { Figures = [.. RouterBench.Figures.Where(figure => figure.Name != FigureNames.DecisionP99), new(FigureNames.DecisionP99, "µs", 20_001, 0, 5)] }, "decision"),
            (RouterBench with { Figures = [.. RouterBench.Figures.Where(figure => figure.Name != FigureNames.FailoverDone), new(FigureNames.FailoverDone, "‰", 989, 0, 5)] }, "nodes fail"),
            (RouterBench with { Figures = [.. RouterBench.Figures.Where(figure => figure.Name != FigureNames.PressureDone), new(FigureNames.PressureDone, "‰", 989, 0, 5)] }, "memory is short"),
            (RouterBench with { Figures = [.. RouterBench.Figures.Where(figure => figure.Name != FigureNames.Requests), new(FigureNames.Requests, "/s", 199, 0, 5)] }, "it sustained 199"),
        })
            RouterGates.Judge(profile, bench, new RouterMinimums(), new BandOptions()).Reasons.ShouldHaveSingleItem().ShouldContain(why);
    }

    [Fact]
    public async Task Router_Memory_IsJudgedAtItsBorders()
    {
        RouterVerdict Of(MachineProfile profile, long gib) =>
            RouterGates.Judge(profile with { Hardware = profile.Hardware with { Memory = new MemoryProfile { TotalBytes = gib << 30, AvailableBytes = gib << 30 } } }, RouterBench, new RouterMinimums(), new BandOptions());
        var server = await NetworkedAsync(MachineTree.Server64);

        Of(server, 15).Verdict.ShouldBe("FAIL");
        Of(server, 16).Verdict.ShouldBe("PASS");
        Of(server, 16).Notes.ShouldContain("32 GB of memory are better");
        Of(server, 32).Notes.ShouldNotContain("32 GB of memory are better");
        RouterGates.Judge(server, RouterBench, new RouterMinimums { RamGb = 1024 }, new BandOptions()).Verdict.ShouldBe("FAIL", "the operator's own minimum");
        RouterGates.Judge(await NetworkedAsync(MachineTree.OldLaptop), RouterBench, new RouterMinimums(), new BandOptions()).Reasons.ShouldContain("SSD required; the data folder lies on a spinning disk");
        RouterGates.Judge(server with { Network = server.Network with { JitterMs = 21 } }, RouterBench, new RouterMinimums(), new BandOptions()).Reasons.ShouldHaveSingleItem().ShouldContain("jitter");
        RouterGates.Judge(server with { Network = server.Network with { UploadMbps = 9 } }, RouterBench, new RouterMinimums(), new BandOptions()).Reasons.ShouldHaveSingleItem().ShouldContain("upload");
    }

    private static BenchResult Bench(string suite) => new() { Suite = suite, Seed = 1, TimestampMs = 1, DurationMs = 1, Short = false, Partial = false, Checksum = "", SoftwareVersion = "0" };

    private static async Task<MachineProfile> NetworkedAsync(Func<MachineTree> machine) => await ScanAsync(machine) with { Network = new NetworkProfile { LatencyMs = 10, JitterMs = 2, UploadMbps = 50 } };

    private static async Task<MachineProfile> ScanAsync(Func<MachineTree> make)
    {
        using var tree = make();
        return await ScanAsync(tree);
    }

    private static Task<MachineProfile> ScanAsync(MachineTree tree) =>
        MachineScan.RunAsync(new MachineRoot(tree.Path), tree.Path, [], new BandOptions(), new PrivacyOptions(), TimeProvider.System, default);
}
