using FedAi.Daemon.Capability;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Capability;

/// <summary>What each fixture machine is recommended, unmeasured, to the letter (REC-01): a change of a gate or a limit shows here.</summary>
public sealed class GoldenRecommendationTests
{
    private static readonly Dictionary<string, Func<MachineTree>> Machines = new()
    {
        ["Raspberry Pi"] = MachineTree.RaspberryPi, ["old laptop"] = MachineTree.OldLaptop, ["gaming PC"] = MachineTree.GamingPc, ["server"] = MachineTree.Server64, ["container"] = MachineTree.Container,
        ["virtual machine"] = MachineTree.VirtualMachine,
    };

    [Theory]
    [InlineData("Raspberry Pi", "prepost_node 1/32768/131072, policy_node 1/32768/131072", 6)]
    [InlineData("old laptop", "prepost_node 1/32768/131072, policy_node 1/32768/131072", 6)]
    [InlineData("gaming PC", "prepost_node 16/32768/131072, policy_node 16/32768/131072, llm_cpu_small 1/512/24576, llm_gpu 8/4096/98304", 3)]
    [InlineData("server", "prepost_node 32/32768/131072, policy_node 32/32768/131072, llm_cpu_small 1/512/24576", 3)]
    [InlineData("container", "prepost_node 1/32768/131072, policy_node 1/32768/131072", 5)]
    [InlineData("virtual machine", "prepost_node 2/32768/131072, policy_node 2/32768/131072", 4)]
    public async Task Recommend_FixtureMachine_IsExactlyThis(string machine, string roles, int routerReasons)
    {
        using var tree = Machines[machine]();
        var profile = await MachineScan.RunAsync(new MachineRoot(tree.Path), tree.Path, [], new BandOptions(), new PrivacyOptions(), TimeProvider.System, default);

        var got = Recommender.Recommend(profile, null, new RecommendInput());

        string.Join(", ", got.NodeProfiles.Select(role => $"{role.Role} {role.Limits.MaxConcurrency}/{role.Limits.MaxTokens}/{role.Limits.MaxPayloadBytes}")).ShouldBe(roles);
        (got.RouterEligibility.Verdict, got.RouterEligibility.Reasons.Count).ShouldBe((RouterVerdict.Fail, routerReasons), string.Join("; ", got.RouterEligibility.Reasons));
    }
}
