using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Cli;
using FedAi.Daemon.Cli.Setup;
using FedAi.Daemon.Node;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Capability;

public sealed class MachineScanTests
{
    private static readonly Dictionary<string, Func<MachineTree>> Machines = new()
    {
        ["pi"] = MachineTree.RaspberryPi, ["laptop"] = MachineTree.OldLaptop, ["gaming"] = MachineTree.GamingPc, ["server"] = MachineTree.Server64, ["container"] = MachineTree.Container,
        ["oldcontainer"] = MachineTree.OldContainer, ["vm"] = MachineTree.VirtualMachine, ["amd"] = MachineTree.Amd,
    };

    public static TheoryData<string> Names => [.. Machines.Keys];

    [Theory]
    [InlineData("pi", "aarch64 4/4 4000", "cpu_low ram_8 disk_ssd gpu_none", "debian 12 6.1.21")]
    [InlineData("laptop", "x86_64 2/2 2000", "cpu_low ram_8 disk_hdd gpu_none", "ubuntu 22.04 5.15.0")]
    [InlineData("gaming", "x86_64 16/32 32000", "cpu_high ram_64_plus disk_ssd gpu_24gb_plus", "fedora 41 6.11.4")]
    [InlineData("server", "x86_64 64/128 128000", "cpu_high ram_64_plus disk_ssd gpu_none", "debian 12 6.1.0")]
    [InlineData("container", "x86_64 64/128 500", "cpu_low ram_8 disk_ssd gpu_none", "debian 12 6.1.0 docker")]
    [InlineData("oldcontainer", "x86_64 4/4 2000", "cpu_low ram_8 disk_ssd gpu_none", "debian 12 6.1.0 docker")]
    [InlineData("vm", "x86_64 4/4 4000", "cpu_low ram_16 disk_unknown gpu_none", "debian 12 6.18.44 vm")]
    [InlineData("amd", "x86_64 2/2 2000", "cpu_low ram_8 disk_hdd gpu_16gb", "ubuntu 22.04 5.15.0")]
    public async Task Scan_Machine_IsReadAsItIs(string name, string cpu, string bands, string os)
    {
        var profile = await ScanAsync(Machines[name]);

        var (read, got, system) = (profile.Hardware.Cpu, profile.CapabilityBands, profile.Hardware.Os);
        $"{read.Arch} {read.Cores}/{read.Threads} {read.UsableMilli}".ShouldBe(cpu);
        $"{got.Cpu} {got.Ram} {got.Disk} {got.Gpu}".ShouldBe(bands);
        $"{system.Distro} {system.Kernel} {system.Container}{(system.IsVirtualMachine ? "vm" : "")}".Trim().ShouldBe(os);
        got.Net.ShouldBe("net_unknown", "nobody was asked");
        profile.Hardware.Disk.FreeBytes.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Scan_ControlGroups_AreTheMemoryThereIs()
    {
        var limited = (await ScanAsync(MachineTree.Container)).Hardware.Memory;
        (limited.TotalBytes, limited.AvailableBytes, limited.IsLimited).ShouldBe((2L << 30, (2L << 30) - (200L << 20), true));
        var old = (await ScanAsync(MachineTree.OldContainer)).Hardware.Memory;
        (old.TotalBytes, old.AvailableBytes, old.IsLimited).ShouldBe((4L << 30, 3L << 30, true));
    }

    [Fact]
    public async Task Scan_Throttled_SaysWhy()
    {
        (await ScanAsync(MachineTree.RaspberryPi)).Hardware.Cpu.Throttled.ShouldBe("its power supply is too weak");
        (await ScanAsync(MachineTree.OldLaptop)).Hardware.Cpu.Throttled.ShouldBeNull();
        (await ScanAsync(() => MachineTree.OldLaptop().With("proc/uptime", "1000.5 900").With("sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_total_time_ms", "60000"))).Hardware.Cpu.Throttled.ShouldBe("it is too hot");
        (await ScanAsync(() => MachineTree.OldLaptop().With("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3000000").With("sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq", "1200000")))
            .Hardware.Cpu.Throttled.ShouldNotBeNull();
    }

    [Fact]
    public async Task Scan_NoProc_IsWhatTheProcessSees()
    {
        var profile = await ScanAsync(MachineTree.Empty);

        profile.Hardware.Cpu.Threads.ShouldBe(Environment.ProcessorCount);
        profile.Hardware.Memory.TotalBytes.ShouldBeGreaterThan(0);
        (profile.Hardware.Disk.Type, profile.Hardware.Os.Distro, profile.Hardware.Os.Kernel).ShouldBe(("unknown", "unknown", "unknown"));
        profile.Problems.Count.ShouldBeGreaterThanOrEqualTo(3, "each with a sentence");
    }

    [Fact]
    public async Task Scan_OddProc_TellsNothingWrong()
    {
        var profile = await ScanAsync(MachineTree.Odd);

        profile.Hardware.Memory.TotalBytes.ShouldBeGreaterThan(0);
        profile.Hardware.Cpu.UsableMilli.ShouldBeInRange(1000, profile.Hardware.Cpu.Threads * 1000);
        (profile.Hardware.Os.Distro, profile.Hardware.Os.Kernel, profile.Hardware.Disk.Type).ShouldBe(("unknown", "unknown", "unknown"));
        profile.Hardware.Cpu.FrequencyGHz.ShouldBeNull();
    }

    [Theory]
    [InlineData("exit 9")]
    [InlineData("echo 'NVIDIA-SMI has failed because it could not talk to the driver'")]
    [InlineData("exec sleep 1000")]
    [InlineData("yes 1")]
    public async Task Scan_GpuToolFails_LeavesTheMemoryUnknown(string tool)
    {
        var profile = await ScanAsync(() => MachineTree.UnreadableGpu(tool));

        (profile.Hardware.Gpu.Vendor, profile.Hardware.Gpu.Runtime.Cuda, profile.CapabilityBands.Gpu).ShouldBe(("nvidia", false, "gpu_none"));
        profile.Problems.ShouldContain(problem => problem.Contains("nvidia-smi", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Scan_PlantedIdentifiers_StayThereUnlessOptedIn(string name)
    {
        using var tree = Machines[name]();
        var hidden = await ScanAsync(tree, new PrivacyOptions { Mode = PrivacyMode.Verbose });
        var shown = await ScanAsync(tree, new PrivacyOptions { Mode = PrivacyMode.Verbose, PublishHardwareIds = true });

        foreach (var output in Outputs(hidden))
            foreach (var planted in MachineTree.Planted)
                LeakSearch.Find(Encoding.UTF8.GetBytes(output), planted).ShouldBeNull(planted);
        var there = MachineTree.Planted.Where(planted => Directory.EnumerateFiles(tree.Path, "*", SearchOption.AllDirectories).Any(file => File.ReadAllText(file).Contains(planted, StringComparison.Ordinal))).ToList();
        there.Count.ShouldBeGreaterThan(5);
        foreach (var output in Outputs(shown).Take(5))
            foreach (var planted in there) LeakSearch.Find(Encoding.UTF8.GetBytes(output), planted).ShouldNotBeNull($"{planted} on {name}: the search would find it");
    }

    [Fact]
    public async Task Scan_OneSwitchAlone_TellsNoIds() =>
        (await ScanAsync(MachineTree.GamingPc, new PrivacyOptions { PublishHardwareIds = true })).Ids.ShouldBeNull();

    [Fact]
    public async Task Scan_ThisMachine_IsWhatItsToolsSay()
    {
        var profile = await MachineScan.RunAsync(MachineRoot.This, Path.GetTempPath(), [], new BandOptions(), new PrivacyOptions(), TimeProvider.System, default);

        profile.Hardware.Cpu.Arch.ShouldBe(await ToolAsync("uname", "-m"));
        (await ToolAsync("uname", "-r")).ShouldStartWith(profile.Hardware.Os.Kernel);
        profile.Hardware.Cpu.Threads.ShouldBe(int.Parse(await ToolAsync("nproc"), System.Globalization.CultureInfo.InvariantCulture));
        profile.Hardware.Cpu.Flags.ShouldBe(profile.Hardware.Cpu.Flags.Intersect((await File.ReadAllTextAsync("/proc/cpuinfo")).Split(' ', '\n')));
    }

    [ToolFact("lscpu")]
    public async Task Scan_ThisMachine_HasTheProcessorThatLscpuTells()
    {
        var cpu = (await MachineScan.RunAsync(MachineRoot.This, Path.GetTempPath(), [], new BandOptions(), new PrivacyOptions(), TimeProvider.System, default)).Hardware.Cpu;
        // One line for each processor that is on: core, socket.
        var online = (await ToolAsync("lscpu", "--parse=CORE,SOCKET", "--online")).Split('\n').Where(line => !line.StartsWith('#')).ToList();
        var fields = JsonNode.Parse(await ToolAsync("lscpu", "-J"))!["lscpu"]!.AsArray();
        string? Field(string name) => fields.FirstOrDefault(field => (string?)field!["field"] == name)?["data"]?.GetValue<string>();

        cpu.Arch.ShouldBe(Field("Architecture:"));
        cpu.Cores.ShouldBe(online.Distinct().Count());
        cpu.Threads.ShouldBeLessThanOrEqualTo(online.Count, "a control group may leave fewer than there are");
        cpu.Flags.ShouldBeSubsetOf((Field("Flags:") ?? "").Split(' '));
        cpu.Has("avx2").ShouldBe((Field("Flags:") ?? "").Split(' ').Contains("avx2"));
    }

    [ToolFact("df")]
    public async Task Scan_ThisMachine_HasTheFreeSpaceThatDfTells()
    {
        const double largestChange = 0.05;
        var disk = (await MachineScan.RunAsync(MachineRoot.This, Path.GetTempPath(), [], new BandOptions(), new PrivacyOptions(), TimeProvider.System, default)).Hardware.Disk;

        var told = double.Parse((await ToolAsync("df", "-B1", "--output=avail", Path.GetTempPath())).Split('\n')[^1], System.Globalization.CultureInfo.InvariantCulture);

        // Others write meanwhile.
        ((double)disk.FreeBytes).ShouldBe(told, Math.Max(told * largestChange, 1 << 30));
    }

    /// <summary>All that is ever written of a profile; the first five tell identifiers where both switches are on.</summary>
    private static IEnumerable<string> Outputs(MachineProfile profile)
    {
        var privacy = new PrivacyOptions { Mode = PrivacyMode.Verbose, PublishHardwareIds = profile.Ids is not null };
        var found = new SetupFindings(profile, null, new RecommendInput(), HasModel: true);
        using var key = KeyPair.Generate();
        yield return JsonSerializer.Serialize(profile, CapabilityJson.Default.MachineProfile);
        yield return ProfileCommand.Text(profile);
        yield return SetupReport.Findings("node", found).ToJsonString();
        yield return Encoding.UTF8.GetString(Node(privacy));
        yield return Encoding.UTF8.GetString(Router(privacy));
        foreach (var mode in new[] { PrivacyMode.Strict, PrivacyMode.Normal })
        {
            yield return Encoding.UTF8.GetString(Node(new PrivacyOptions { Mode = mode }));
            yield return Encoding.UTF8.GetString(Router(new PrivacyOptions { Mode = mode }));
        }

        yield return JsonSerializer.Serialize(found.Recommendation, CapabilityJson.Default.Recommendation);
        yield return string.Join('\n', SetupRules.Node(found, new SetupWish(), new RunnerOptions(), new HashSet<string>()).Plan!.Warnings.Concat(found.Recommendation.RouterEligibility.Reasons));

        ManifestFacts Facts(PrivacyOptions told) => new() { Version = "1", NowMs = 1, Profile = profile, Privacy = told };
        byte[] Node(PrivacyOptions told) => ManifestWriter.Node(key, [RoleTypes.Prepost], new FedAi.Protocol.Messages.NodeLimits { MaxConcurrency = 1, MaxPayloadBytes = 1, MaxTokens = 1 }, new PricingDefaults { Unit = "token", InputRate = 0, Currency = "SAT" }, Facts(told));
        byte[] Router(PrivacyOptions told) => ManifestWriter.Router(key, new RouterTerms(new RouterLimits { MaxQps = 1, MaxConcurrentJobs = 1, MaxPayloadBytes = 1 }, [], "off"), Facts(told));
    }

    private static async Task<MachineProfile> ScanAsync(Func<MachineTree> make, PrivacyOptions? privacy = null)
    {
        using var tree = make();
        return await ScanAsync(tree, privacy);
    }

    private static Task<MachineProfile> ScanAsync(MachineTree tree, PrivacyOptions? privacy = null) =>
        MachineScan.RunAsync(new MachineRoot(tree.Path), tree.Path, [], new BandOptions(), privacy ?? new PrivacyOptions(), TimeProvider.System, default);

    private static async Task<string> ToolAsync(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true })!;
        return (await process.StandardOutput.ReadToEndAsync()).Trim();
    }
}
