using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using ModelCapability = FedAi.Protocol.Messages.Capability;

namespace FedAi.Tests.Daemon.Router;

public sealed class NodeRankingTests
{
    private const long Now = 1_800_000_000_000;

    [Fact]
    public void Rank_NoNodes_SaysSo() => NodeRanking.Rank([], Request(), 10, Now).None!.Code.ShouldBe(ErrorCode.NoNodes);

    [Fact]
    public void Rank_SilentNode_IsNotChosen()
    {
        var silent = Node() with { SeenAtMs = Now - NodeEntry.ActiveWindowMs - 1 };
        NodeRanking.Rank([silent], Request(), 10, Now).None!.Code.ShouldBe(ErrorCode.NoNodes);
    }

    [Fact]
    public void Rank_OtherModel_IsModelNotFound() =>
        NodeRanking.Rank([Node()], Request(model: "other"), 10, Now).None!.Code.ShouldBe(ErrorCode.ModelNotFound);

    [Theory]
    [InlineData(1000, 10, 256)] // what the node answers with
    [InlineData(1000, 500, 12)] // what its context leaves
    [InlineData(16, 10, 16)]
    [InlineData(1, 511, 1)]
    public void Rank_MaxTokens_IsACeiling(int maxTokens, int input, int expected) =>
        NodeRanking.Rank([Node()], Request(maxTokens: maxTokens), input, Now).Candidates.ShouldHaveSingleItem().MaxTokens.ShouldBe(expected);

    // A 503 would be asked again and again by the clients of OpenAI.
    [Fact]
    public void Rank_PromptTooLarge_SaysWhatTheClientCanMend()
    {
        NodeRanking.Rank([Node()], Request(), 512, Now).None!.Code.ShouldBe(ErrorCode.ContextWindowExceeded);

        var small = Node() with { Claim = Claim("cpu_low") with { MaxPayloadBytes = 4 } };
        NodeRanking.Rank([small], Request(), 10, Now).None!.Code.ShouldBe(ErrorCode.PromptTooLarge);
        NodeRanking.Rank([small, Node()], Request(), 512, Now).None!.Code.ShouldBe(ErrorCode.ContextWindowExceeded);
    }

    [Fact]
    public void Rank_ChatWithAModelForEmbeddings_IsUnsupported()
    {
        var node = Node();
        node = node with { Descriptor = node.Descriptor with { Capabilities = [node.Descriptor.Capabilities[0] with { JobTypes = [RouterJobType.Embedding] }] } };
        NodeRanking.Rank([node], Request(), 10, Now).None!.Code.ShouldBe(ErrorCode.UnsupportedParameter);
    }

    /// <summary>What is sealed says inside how long it may become, so a node takes all of it or nothing.</summary>
    [Theory]
    [InlineData(256, 10, null)]
    [InlineData(257, 10, ErrorCode.MaxTokensExceeded)]
    [InlineData(13, 500, ErrorCode.MaxTokensExceeded)]
    [InlineData(13, 512, ErrorCode.ContextWindowExceeded)]
    public void Rank_Sealed_IsExact(int maxTokens, int input, ErrorCode? code)
    {
        var request = Request(maxTokens: maxTokens) with { PrivacyLevel = PrivacyLevel.PL2 };
        (NodeRanking.Rank([Node()], request with { Sealed = new SealedPrompt { V = 1, Kid = "k", Enc = "", Ct = "" } }, input, Now).None?.Code).ShouldBe(code);

        // What is not sealed yet will be sealed for as long an answer as the quote says.
        (NodeRanking.Rank([Node()], request, input, Now).None?.Code).ShouldBe(code is ErrorCode.MaxTokensExceeded ? null : code);
    }

    [Fact]
    public void Rank_NodesOfDifferentSize_EachTakesWhatItCan()
    {
        var (wide, wordy) = (Node(context: 8192, most: 512), Node(context: 2048, most: 1024));

        Offers(input: 3000).ShouldBe([(wide, 512)]);
        Offers(input: 10).ShouldBe([(wordy, 1024), (wide, 512)], "the one that need not cut the answer stands first");
        for (var i = 0; i < 5; i++) wordy.Load.Enter();
        Offers(input: 10).ShouldBe([(wide, 512), (wordy, 1024)], "but not however busy it is");

        IEnumerable<(NodeEntry, long)> Offers(int input) => NodeRanking.Rank([wide, wordy], Request(maxTokens: 1024), input, Now).Candidates.Select(candidate => (candidate.Node, candidate.MaxTokens));
    }

    [Fact]
    public void Rank_ShorterAnswer_IsNotCheaperButCostsLess()
    {
        var (wide, wordy) = (Node(most: 100, context: 4096), Node(most: 200, context: 4096));
        var candidates = NodeRanking.Rank([wide, wordy], Request(maxTokens: 200), 10, Now).Candidates;

        candidates.Select(candidate => (candidate.Node, candidate.PriceMsat)).ShouldBe([(wordy, 210_000), (wide, 110_000)]);
    }

    [Fact]
    public void Rank_NoOutputWanted_HasAPriceAndAPlace() =>
        NodeRanking.Rank([Node()], Request(maxTokens: 0), 10, Now).Candidates.ShouldHaveSingleItem().ShouldSatisfyAllConditions(only => only.PriceMsat.ShouldBe(10_000), only => double.IsFinite(only.Score).ShouldBeTrue());

    [Fact]
    public void Rank_CheaperNode_StandsFirst()
    {
        var cheap = Node(rate: 1);
        Order(Node(rate: 3), cheap, Node(rate: 2))[0].Node.ShouldBe(cheap);
    }

    [Fact]
    public void Rank_ForeignCurrency_IsNotComparedAndStandsBehind()
    {
        var sat = Node(rate: 1000);
        Order(Node(rate: 0.001, currency: "USD"), sat)[0].Node.ShouldBe(sat);
    }

    [Fact]
    public void Rank_FasterNode_StandsFirstAmongEquals()
    {
        var fast = Node();
        var slow = Node();
        fast.Load.Succeeded(20);
        slow.Load.Succeeded(400);
        Order(slow, fast)[0].Node.ShouldBe(fast);
    }

    // WIRE W-Q1: sixty of sixty concurrent requests to two idle equal nodes went to one.
    [Fact]
    public void Rank_EqualNodes_ShareLoad()
    {
        NodeEntry[] nodes = [Node(), Node()];
        for (var i = 0; i < 60; i++) Order(nodes)[0].Node.Load.Enter();
        nodes.Select(node => node.Load.InFlight).ShouldBe([30, 30]);
    }

    [Fact]
    public void Rank_FailedLately_StandsLastAndComesBack()
    {
        var failed = Node(rate: 0.1);
        var other = Node();
        failed.Load.Failed(Now - 1);
        Order(failed, other).Select(candidate => candidate.Node).ShouldBe([other, failed]);

        failed.Load.Succeeded(1);
        Order(failed, other)[0].Node.ShouldBe(failed);
    }

    // WIRE W-15: a node that claims a trust of 100 won.
    [Fact]
    public void Rank_SelfDeclaredTrust_WeighsNothing()
    {
        var cheap = Node(rate: 1);
        var boaster = Node(rate: 2);
        boaster = boaster with { Descriptor = boaster.Descriptor with { TrustScore = 100 } };
        Order(boaster, cheap)[0].Node.ShouldBe(cheap);
    }

    [Fact]
    public void Rank_Auto_ResolvesTheModel() =>
        NodeRanking.Rank([Node()], Request(model: NodeRanking.AnyModel), 10, Now).Candidates.Single().ModelId.ShouldBe("tiny");

    [Theory]
    [InlineData("cpu_low", "cpu_high")]
    [InlineData("ram_8", "ram_64_plus")]
    [InlineData("disk_unknown", "disk_ssd")]
    [InlineData("net_poor", "net_good")]
    [InlineData("gpu_none", "gpu_8gb")]
    public void Rank_NewNodesThatDifferInOneBand_TheBetterStandsFirst(string worse, string better)
    {
        var (first, second) = (Node() with { Claim = Claim(worse) }, Node() with { Claim = Claim(better) });
        var order = Order(first, second);
        order.Select(candidate => candidate.Node).ShouldBe([second, first]);
        order[0].Score.ShouldBeLessThan(order[1].Score); // not by their keys
    }

    [Fact]
    public void Rank_BestBands_WeighLessThanOneSecondAndNothingAfterTwentyJobs()
    {
        var claim = new NodeClaim(new CapabilityBands { Cpu = "cpu_high", Ram = "ram_64_plus", Disk = "disk_ssd", Net = "net_good", Gpu = "gpu_24gb_plus" }, 1e6, 20);
        Enumerable.Range(0, 22).Select(samples => ClaimRules.Weight(claim, samples)).ShouldBeInOrder(SortDirection.Descending);
        (ClaimRules.Weight(claim, 0), ClaimRules.Weight(claim, 20), ClaimRules.Weight(claim with { DecaySamples = 0 }, 0), ClaimRules.Weight(null, 0)).ShouldBe((0.95, 0, 0, 0));

        var loud = Node() with { Claim = claim };
        for (var i = 0; i < 20; i++) loud.Load.Succeeded(100);
        var quiet = Node();
        quiet.Load.Succeeded(99);
        Order(loud, quiet)[0].Node.ShouldBe(quiet);
    }

    [Theory]
    [InlineData("gpu_8gb", true)]
    [InlineData("gpu_16gb", true)]
    [InlineData("gpu_24gb_plus", false)]
    [InlineData("gpu_none", true)]
    public void Rank_RequestThatNeedsAGpu_FindsOnlyMachinesThatSayTheyHaveIt(string gpu, bool found)
    {
        var request = Request() with { Metadata = new Dictionary<string, string> { ["gpu"] = gpu } };
        NodeEntry[] nodes = [Node(), Node() with { Claim = Claim("gpu_16gb") }];
        NodeRanking.Rank(nodes, request, 10, Now).Candidates.Select(candidate => candidate.Node).ShouldBe(found ? [nodes[1]] : []);
    }

    /// <summary>The least machine, but for one band.</summary>
    private static NodeClaim Claim(string band)
    {
        string Of(string kind, string least) => band.StartsWith(kind, StringComparison.Ordinal) ? band : least;
        return new NodeClaim(new CapabilityBands { Cpu = Of("cpu", "cpu_low"), Ram = Of("ram", "ram_8"), Disk = Of("disk", "disk_unknown"), Net = Of("net", "net_unknown"), Gpu = Of("gpu", "gpu_none") }, 1e6, 20);
    }

    private static IReadOnlyList<NodeCandidate> Order(params NodeEntry[] nodes) => NodeRanking.Rank(nodes, Request(), 10, Now).Candidates;

    private static InferenceRequest Request(string model = "tiny", int maxTokens = 16) =>
        new() { RequestId = "r", ModelId = model, Prompt = "hello", MaxTokens = maxTokens };

    private static NodeEntry Node(double rate = 1, string currency = "SAT", int context = 512, int most = 256)
    {
        var key = KeyPair.Generate().PublicKey;
        var descriptor = new NodeDescriptor
        {
            NodeId = key.Npub,
            KeyId = key.Npub,
            Endpoint = "http://127.0.0.1:1/",
            Capacity = new NodeCapacity { MaxConcurrent = 4, CurrentLoad = 0 },
            Capabilities =
            [
                new ModelCapability
                {
                    ModelId = "tiny",
                    ContextWindow = context,
                    MaxTokens = most,
                    Pricing = new Pricing { Unit = PricingUnit.Token, InputRate = rate, OutputRate = rate, Currency = currency },
                },
            ],
        };
        return new NodeEntry(key, new PeerEndpoint(new Uri(descriptor.Endpoint)), descriptor, Now, new PeerLoad());
    }
}
