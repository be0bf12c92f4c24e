using FedAi.Daemon.Node;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Tests.Daemon.Node;

public sealed class NodeTermsTests
{
    private static readonly NodeOptions Node = new() { MaxConcurrency = 3, MaxTokens = 512, MaxPromptBytes = 6000, MaxRoleBytes = 8000, Roles = [RoleTypes.Prepost], Pricing = new PricingOptions { InputMsat = 1, OutputMsat = 2 } };
    private static readonly RunnerOptions Runner = new() { ContextTokens = 1024 };
    private static readonly NodeManifest Manifest = Of(Node, Runner, RoleTypes.Prepost, RoleTypes.LlmCpuSmall);

    [Fact]
    public void Limits_OfWhatIsServed_AreTheMostBytesAndTheModelsTokens()
    {
        NodeTerms.Limits(Node, Runner).ShouldBe(new() { MaxConcurrency = 3, MaxPayloadBytes = 8000, MaxTokens = 512 });
        NodeTerms.Limits(Node with { MaxTokens = 4096, Roles = [] }, Runner).ShouldBe(new() { MaxConcurrency = 3, MaxPayloadBytes = 6000, MaxTokens = 1024 });
        NodeTerms.Limits(Node with { MaxTokens = 4096 }, Runner with { Models = [new ServedModelOptions { Path = "b", ContextTokens = 2048 }] }).MaxTokens.ShouldBe(2048);
        NodeTerms.Limits(Node, Runner with { Kind = RunnerKind.None }).ShouldBe(new() { MaxConcurrency = 3, MaxPayloadBytes = 8000, MaxTokens = 2000 });
    }

    [Fact]
    public void Differences_OfAManifestWrittenByTheseOptions_AreNone() => NodeTerms.Differences(Manifest, Node, Runner).ShouldBeEmpty();

    [Fact]
    public void Differences_OfEachValue_NameBoth()
    {
        NodeTerms.Differences(Manifest, Node with { MaxConcurrency = 4 }, Runner).ShouldBe(["requests at once 4, manifest 3"]);
        NodeTerms.Differences(Manifest, Node with { MaxPromptBytes = 9000 }, Runner).ShouldBe(["bytes of a prompt 9000, manifest 8000"]);
        NodeTerms.Differences(Manifest, Node, Runner with { ContextTokens = 256 }).ShouldBe(["tokens of an answer 256, manifest 512"]);
        NodeTerms.Differences(Manifest, Node with { Pricing = new PricingOptions { InputMsat = 5 } }, Runner).ShouldBe(["price 0.005 and 0 sat, manifest 0.001 and 0.002"]);
        NodeTerms.Differences(Manifest, Node with { Roles = RoleTypes.Served }, Runner).ShouldBe(["small roles prepost_node,policy_node, manifest prepost_node"]);
        NodeTerms.Differences(Manifest, Node, Runner with { Kind = RunnerKind.None }).ShouldContain("no model, manifest one");
    }

    private static NodeManifest Of(NodeOptions node, RunnerOptions runner, params string[] roles) => new()
    {
        Id = "",
        RoleTypes = roles,
        CapabilityBands = new() { Cpu = "cpu_low", Ram = "ram_8", Disk = "disk_unknown", Net = "net_unknown", Gpu = "gpu_none" },
        Limits = NodeTerms.Limits(node, runner),
        SupportedFormats = [],
        PricingDefaults = NodeTerms.Pricing(node.Pricing),
        SoftwareVersion = "1",
    };
}
