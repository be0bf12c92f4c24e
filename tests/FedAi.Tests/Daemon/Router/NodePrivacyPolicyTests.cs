using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.TestKit;
using ModelCapability = FedAi.Protocol.Messages.Capability;

namespace FedAi.Tests.Daemon.Router;

public sealed class NodePrivacyPolicyTests
{
    private const long Now = 1_800_000_000_000;

    private static readonly NodeEntry Plain = Node("http://192.0.2.1:8481/");
    private static readonly NodeEntry Encrypted = Node("https://192.0.2.2:8481/");
    private static readonly NodeEntry Local = Node("http://127.0.0.1:8481/");

    [Theory]
    [InlineData(PrivacyLevel.PL0, 3)]
    [InlineData(PrivacyLevel.PL1, 2)]
    [InlineData(null, 2)]
    public void Rank_FromPL1On_LeavesOutNodesWithoutTls(PrivacyLevel? level, int count)
    {
        var candidates = NodePrivacyPolicy.Rank([Plain, Encrypted, Local], Request(level), 10, Now).Candidates;

        candidates.Count.ShouldBe(count);
        candidates.Any(candidate => candidate.Node == Plain).ShouldBe(level == PrivacyLevel.PL0);
    }

    [Fact]
    public void Rank_OnlyNodesWithoutTls_SaysSo() =>
        NodePrivacyPolicy.Rank([Plain], Request(PrivacyLevel.PL1), 10, Now).None!.Code.ShouldBe(ErrorCode.PrivacyUnsupported);

    [Fact]
    public void Rank_NoNodesAtAll_IsNotAboutPrivacy() =>
        NodePrivacyPolicy.Rank([], Request(PrivacyLevel.PL1), 10, Now).None!.Code.ShouldBe(ErrorCode.NoNodes);

    [Fact]
    public void Rank_Sealed_IsForTheOneNodeOnly()
    {
        var request = Request(PrivacyLevel.PL2) with { Sealed = new SealedPrompt { V = 1, Kid = "k", Enc = "", Ct = new string('A', 100_000) }, NodeKeyId = Encrypted.Key.Npub };

        NodePrivacyPolicy.Rank([Plain, Encrypted, Local], request, FedAi.Protocol.Rules.TokenEstimate.Of(request), Now).Candidates.ShouldHaveSingleItem().Node.ShouldBe(Encrypted);
        NodePrivacyPolicy.Rank([Plain, Local], request, 0, Now).None!.Code.ShouldBe(ErrorCode.NoNodesAvailable);
        NodePrivacyPolicy.Rank([Plain, Encrypted], request with { NodeKeyId = Plain.Key.Npub }, 0, Now).None!.Code.ShouldBe(ErrorCode.NoNodesAvailable, "its node is not reached over TLS");
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(PrivacyLevel.PL1, false)]
    [InlineData(PrivacyLevel.PL2, true)]
    [InlineData(PrivacyLevel.PL3, true)]
    public void Problem_SecretInClear_IsRefused(PrivacyLevel? level, bool refused) => (NodePrivacyPolicy.Problem(Request(level)) is not null).ShouldBe(refused);

    private static InferenceRequest Request(PrivacyLevel? level) => WireClient.Ask() with { PrivacyLevel = level };

    private static NodeEntry Node(string address)
    {
        var key = KeyPair.Generate().PublicKey;
        return new NodeEntry(key, new PeerEndpoint(new Uri(address)), new NodeDescriptor
        {
            NodeId = key.Npub,
            KeyId = key.Npub,
            Endpoint = address,
            Capacity = new NodeCapacity { MaxConcurrent = 1, CurrentLoad = 0 },
            Capabilities =
            [
                new ModelCapability
                {
                    ModelId = "scripted",
                    ContextWindow = 512,
                    MaxTokens = 128,
                    Pricing = new Pricing { Unit = PricingUnit.Token, InputRate = 0, OutputRate = 0, Currency = "SAT" },
                },
            ],
        }, Now, new PeerLoad());
    }
}
