using System.Text;
using System.Text.Json.Nodes;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;

namespace FedAi.Tests.Protocol.Envelopes;

public sealed class ReceiptsTests : IDisposable
{
    private readonly KeyPair worker = KeyPair.Generate();
    private readonly KeyPair other = KeyPair.Generate();

    public void Dispose()
    {
        worker.Dispose();
        other.Dispose();
    }

    [Fact]
    public void Sign_Receipt_Verifies() => Receipts.Verify(Signed()).ShouldBeTrue();

    /// <summary>A worker signs for itself only; existing software takes receipts of third routers (WIRE W-10).</summary>
    [Fact]
    public void Verify_SignedByAnotherRouter_Fails() => Receipts.Verify(Receipts.Sign(Receipt(), other)).ShouldBeFalse();

    [Fact]
    public void Verify_EveryMemberAlteredOrTakenOut_Fails()
    {
        foreach (var member in JsonNode.Parse(Signed())!.AsObject().Select(member => member.Key).ToList())
        {
            var missing = JsonNode.Parse(Signed())!.AsObject();
            missing.Remove(member);
            Receipts.Verify(ProtocolSamples.Utf8(missing.ToJsonString())).ShouldBeFalse($"without {member}");

            var altered = JsonNode.Parse(Signed())!.AsObject();
            altered[member] = altered[member] switch
            {
                JsonObject => new JsonObject { ["tokens"] = 1 },
                JsonValue value when value.TryGetValue<double>(out var number) => number + 1,
                _ when member == "status" => "FAIL",
                _ when member == "workerRouterId" => other.PublicKey.Npub,
                _ => "altered",
            };
            Receipts.Verify(ProtocolSamples.Utf8(altered.ToJsonString())).ShouldBeFalse($"with another {member}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"sig\":1}")]
    public void Verify_Nonsense_Fails(string text) => Receipts.Verify(ProtocolSamples.Utf8(text)).ShouldBeFalse();

    [Fact]
    public void Verify_UnknownMember_IsCoveredToo()
    {
        var text = Encoding.UTF8.GetString(Signed());
        Receipts.Verify(ProtocolSamples.Utf8(text[..^1] + ",\"note\":1}")).ShouldBeFalse();
    }

    private byte[] Signed() => Receipts.Sign(Receipt(), worker);

    private RouterReceipt Receipt() => new()
    {
        JobId = "job",
        RequestRouterId = other.PublicKey.Npub,
        WorkerRouterId = worker.PublicKey.Npub,
        InputHash = new string('a', 64),
        OutputHash = new string('b', 64),
        Usage = new JobUsage { Tokens = 12, RuntimeMs = 0.1 },
        PriceMsat = 44,
        Status = JobStatus.Ok,
        StartedAtMs = ProtocolSamples.Now,
        FinishedAtMs = ProtocolSamples.Now + 300.25,
        ReceiptId = "größer 😀",
        Sig = "is filled in",
    };
}
