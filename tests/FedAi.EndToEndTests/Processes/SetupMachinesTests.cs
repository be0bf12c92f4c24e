using System.Text.Json.Nodes;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>The acceptance list (ACC-01 to ACC-05) by the real executable on every fixture machine, as far as a kernel lets another machine be put under it.</summary>
public sealed class SetupMachinesTests
{
    private static readonly Dictionary<string, (Func<MachineTree> Make, string[] Namespaces)> Machines = new()
    {
        ["Raspberry Pi"] = (MachineTree.RaspberryPi, []), ["old laptop"] = (MachineTree.OldLaptop, []), ["gaming PC"] = (MachineTree.GamingPc, []), ["64-core server"] = (MachineTree.Server64, []),
        ["container with half a processor"] = (MachineTree.Container, []), ["virtual machine"] = (MachineTree.VirtualMachine, []),
        ["no /proc"] = (() => MachineTree.Empty().With("proc/cpuinfo", "").With("proc/meminfo", ""), []), ["odd /proc"] = (MachineTree.Odd, []),
        ["GPU tool that fails"] = (() => MachineTree.UnreadableGpu("exit 9"), []), ["no network"] = (MachineTree.OldLaptop, ["--net"]),
    };

    public static TheoryData<string> Names => [.. Machines.Keys];

    [MachineTheory, MemberData(nameof(Names))]
    public async Task Setup_OnThisMachine_MakesANodeAndNoRouter(string machine)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var (make, namespaces) = Machines[machine];
        using var tree = make();
        await using var federation = new ProcessFederation(Fedai.Executable) { Launcher = _ => tree.Enter(namespaces) };
        Task<CommandResult> RunAsync(params string[] command) => federation.CommandAtAsync("any", patience.Token, command);

        // ACC-01, ACC-04, ACC-05: roles that every machine can serve, with limits that are cautious, and a manifest that holds.
        var setup = await RunAsync("setup", "node", "--yes", "--skip-bench", "--json", "--data", federation.Data("node"));
        setup.ExitCode.ShouldBe(0, setup.Errors);
        var roles = JsonNode.Parse(setup.Output)!["applied"]!["roles"]!.AsArray().Select(role => (string)role!).ToList();
        roles.ShouldContain(RoleTypes.Prepost);
        var seen = JsonNode.Parse(setup.Output)!["profile"]!;
        foreach (var section in new[] { seen["hardware"]!["cpu"], seen["hardware"]!["memory"], seen["hardware"]!["disk"], seen["hardware"]!["gpu"], seen["hardware"]!["os"], seen["network"] }) section.ShouldNotBeNull();
        var path = Path.Combine(federation.Data("node"), "node.manifest.json");
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(path, patience.Token))!.AsObject();
        manifest.ShouldContain(new KeyValuePair<string, JsonNode?>("benchmarks", null));
        manifest["role_types"]!.AsArray().Select(role => (string)role!).ShouldBe(roles);
        ((double)manifest["limits"]!["max_payload_bytes"]!).ShouldBe(131_072, "half of what a measured machine is given");
        ((double)manifest["limits"]!["max_tokens"]!).ShouldBe(131_072 / 4, "a role's result may be as long as its job");
        if (JsonNode.Parse(setup.Output)!["profile"]!["capabilityBands"]!["cpu"]!.ToString() == "cpu_low") ((double)manifest["limits"]!["max_concurrency"]!).ShouldBeLessThanOrEqualTo(2);
        (await RunAsync("manifest", "verify", path)).ExitCode.ShouldBe(0);

        // RPR-02: what is recommended is never a router.
        var profile = Path.Combine(federation.Data("node"), "profile.json");
        await File.WriteAllTextAsync(profile, (await RunAsync("profile", "--json", "--offline", "--data", federation.Data("node"))).Output, patience.Token);
        var recommended = await RunAsync("recommend", "--profile", profile, "--json");
        recommended.ExitCode.ShouldBe(0, recommended.Errors);
        JsonNode.Parse(recommended.Output)!["nodeProfiles"]!.ToJsonString().ShouldNotContain("router");

        // ACC-02: not measured, so the network alone forbids it; every reason is told, nothing is written.
        var router = await RunAsync("setup", "router", "--yes", "--json", "--data", federation.Data("router"));
        router.ExitCode.ShouldBe(1, router.Errors);
        router.Errors.ShouldContain("This machine should not run a router.");
        var reasons = JsonNode.Parse(router.Output)!["recommendation"]!["routerEligibility"]!["reasons"]!.AsArray().Select(reason => (string)reason!).ToList();
        reasons.Count.ShouldBeGreaterThan(1);
        foreach (var reason in reasons.Where(reason => reason != "Benchmarks are required: fedai bench router")) router.Errors.ShouldContain(reason);
        Directory.Exists(federation.Data("router")).ShouldBeFalse();
    }

    [MachineTheory]
    [InlineData("--skip-bench")]
    [InlineData("--short")]
    public async Task SetupNode_NoSpaceLeft_SaysSoAndLeavesNothing(string measured)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var folder = new TempFolder();
        using var disk = SmallDisk.Mount(folder.File("small"), kibibytes: 64);
        await File.WriteAllBytesAsync(disk.File("full"), new byte[64 * 1024 - 4096], patience.Token);
        var data = disk.File("node");

        var result = await Fedai.RunAsync("setup", "node", "--yes", measured, "--skip-relays", "--data", data);

        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain("the data folder's disk is full: metering could not be stored");
        result.Errors.ShouldNotContain("s left: ", Case.Sensitive, "before it measures");
        Directory.Exists(data).ShouldBeFalse();
    }
}
