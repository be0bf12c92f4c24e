using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Rules;

/// <summary>What a router says of a record's place in its books, beside the proof of the request.</summary>
public sealed class ReceiptRulesTests : IDisposable
{
    private readonly KeyPair node = KeyPair.Generate(), router = KeyPair.Generate(), other = KeyPair.Generate();
    private readonly InferenceRequest request = WireClient.Ask() with { Salt = Convert.ToBase64String(new byte[32]) };
    private readonly SignedResult result;
    private readonly long from;

    public ReceiptRulesTests()
    {
        result = SignedResults.For(request, "An answer.", node);
        from = (long)result.Metering.Ts / 900_000 * 900_000;
    }

    public void Dispose()
    {
        foreach (var key in (KeyPair[])[node, router, other]) key.Dispose();
    }

    [Fact]
    public void Check_ReceiptBesideTheProof_HoldsAndIsTold()
    {
        var report = Check(Honest);

        report.Problems.ShouldBeEmpty();
        report.Receipt!.RouterId.ShouldBe(router.PublicKey.Npub);
        Check(Honest with { Event = null }).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Check_ReceiptThatIsNone_IsNamed()
    {
        foreach (var (wrong, what) in (IEnumerable<(ReceiptProof, string)>)
        [
            (Honest with { RouterId = other.PublicKey.Npub }, "routerId"),
            (Honest with { RequestId = "another" }, "requestId"),
            (Honest with { ReceiptId = ReceiptRules.Id(from - 900_000, from) }, "receiptId"),
            (Honest with { ReceiptId = "always" }, "receiptId"),
            (Honest with { ReceiptHash = new string('0', 64) }, "receiptHash"),
            (Honest with { LeafIndex = Honest.LeafIndex + 1 }, "path"),
            (Honest with { LeafIndex = 0.5 }, "path"),
            (Honest with { LeafCount = 1e300 }, "path"),
            (Honest with { Path = [] }, "path"),
            (Honest with { Path = [.. Enumerable.Repeat(new string('0', 64), 51)] }, "path"),
            (Honest with { Path = ["nonsense"] }, "path"),
            (Honest with { Event = "nonsense" }, "event"),
            (Honest with { Event = EventOf(other, Honest.ReceiptHash) }, "event"),
            (Honest with { Event = EventOf(router, new string('1', 64)) }, "event"),
        ])
            Check(wrong).Problems.ShouldContain(problem => problem.Contains(what, StringComparison.Ordinal), what);
    }

    [Fact]
    public void Check_ReceiptAlteredAfterItWasSigned_DoesNotHold()
    {
        var proof = Proof(Honest);
        proof["receipt"]!["payload"]!["leafCount"] = 1000;

        ProofRules.Check(Encoding.UTF8.GetBytes(proof.ToJsonString())).Problems.ShouldContain(problem => problem.StartsWith("receipt.sig", StringComparison.Ordinal));
    }

    private ReceiptProof Honest
    {
        get
        {
            byte[][] leaves = [ReceiptRules.Leaf(result.MeteringEnvelope.Wire.Span), .. Enumerable.Range(0, 4).Select(i => MerkleTree.Leaf([(byte)i]))];
            var path = MerkleTree.Path(MerkleTree.Levels(leaves), leaves[0])!;
            var root = Convert.ToHexStringLower(MerkleTree.Root(leaves));
            return new ReceiptProof
            {
                RequestId = request.RequestId, RouterId = router.PublicKey.Npub, ReceiptId = ReceiptRules.Id(from, from + 900_000), ReceiptHash = root,
                LeafIndex = path.Index, LeafCount = path.Count, Path = [.. path.Hashes.Select(Convert.ToHexStringLower)], Event = EventOf(router, root),
            };
        }
    }

    private string EventOf(KeyPair key, string root)
    {
        var sample = new SampleAnnouncement(key, from + 1_800_000);
        var offer = new RouterOffer(sample.Caps.Read(ProtocolJson.Default.CapabilityProfile)!, sample.Status.Read(ProtocolJson.Default.StatusPayload)!.LoadSummary) { Receipts = new ReceiptWindow(from, from + 900_000, root) };
        return NostrTools.ToJson(ControlEvents.Sign(key, AnnouncementBuilder.Build(offer, key.PublicKey.Npub, "main", from + 1_800_000)[^1])).ToJsonString();
    }

    private JsonObject Proof(ReceiptProof receipt)
    {
        var proof = JsonNode.Parse(ProofRules.Write(request, result))!.AsObject();
        proof["receipt"] = JsonNode.Parse(EnvelopeSealer.Seal(receipt, ProtocolJson.Default.ReceiptProof, router, WireClient.Now));
        return proof;
    }

    private ProofReport Check(ReceiptProof receipt) => ProofRules.Check(Encoding.UTF8.GetBytes(Proof(receipt).ToJsonString()));
}
