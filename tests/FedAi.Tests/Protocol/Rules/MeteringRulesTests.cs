using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Tests.Protocol.Rules;

/// <summary>MET-02: each field altered in turn is refused for its own reason.</summary>
public sealed class MeteringRulesTests
{
    private const string NodeId = "node-1";
    private static readonly KeyPair Node = KeyPair.Generate();

    public static TheoryData<string, Func<MeteringRecord, MeteringRecord>, ErrorCode> Altered => new()
    {
        { "requestId", record => record with { RequestId = "another" }, ErrorCode.RequestIdMismatch },
        { "nodeId", record => record with { NodeId = "node-2" }, ErrorCode.MeteringNodeMismatch },
        { "modelId", record => record with { ModelId = "smaller" }, ErrorCode.MeteringModelMismatch },
        { "promptHash", record => record with { PromptHash = Hashes.Sha256("another prompt") }, ErrorCode.MeteringPromptHashMismatch },
        { "promptHash of nothing", record => record with { PromptHash = Hashes.Sha256("") }, ErrorCode.MeteringPromptHashMismatch },
        { "promptHash in capitals", record => record with { PromptHash = record.PromptHash.ToUpperInvariant() }, ErrorCode.MeteringPromptHashMismatch },
        { "inputTokens other than the answer's", record => record with { InputTokens = 21 }, ErrorCode.MeteringTokensImplausible },
        { "inputTokens beyond the text", record => record with { InputTokens = 1000 }, ErrorCode.MeteringTokensImplausible },
        { "inputTokens negative", record => record with { InputTokens = -1 }, ErrorCode.MeteringTokensImplausible },
        { "inputTokens with a fraction", record => record with { InputTokens = 20.5 }, ErrorCode.MeteringTokensImplausible },
        { "outputTokens other than the answer's", record => record with { OutputTokens = 13 }, ErrorCode.MeteringTokensImplausible },
        { "outputTokens above maxTokens", record => record with { OutputTokens = 101 }, ErrorCode.MeteringTokensImplausible },
        { "outputTokens negative", record => record with { OutputTokens = -12 }, ErrorCode.MeteringTokensImplausible },
        { "outputTokens infinite", record => record with { OutputTokens = double.PositiveInfinity }, ErrorCode.MeteringTokensImplausible },
        { "wallTimeMs negative", record => record with { WallTimeMs = -1 }, ErrorCode.InvalidMetering },
        { "wallTimeMs before the first token", record => record with { WallTimeMs = 39 }, ErrorCode.InvalidMetering },
        { "ttftMs after the end", record => record with { TtftMs = 301 }, ErrorCode.InvalidMetering },
        { "bytesIn", record => record with { BytesIn = record.BytesIn + 1 }, ErrorCode.MeteringBytesMismatch },
        { "bytesIn of nothing", record => record with { BytesIn = 0 }, ErrorCode.MeteringBytesMismatch },
        { "bytesOut", record => record with { BytesOut = record.BytesOut - 1 }, ErrorCode.MeteringBytesMismatch },
        { "bytesOut negative", record => record with { BytesOut = -1 }, ErrorCode.InvalidMetering },
        { "ts too old", record => record with { Ts = ProtocolSamples.Now - 300_001 }, ErrorCode.MeteringTsOutOfWindow },
        { "ts too far ahead", record => record with { Ts = ProtocolSamples.Now + 300_000.5 }, ErrorCode.MeteringTsOutOfWindow },
        { "outputHash", record => record with { OutputHash = Hashes.Sha256("another answer") }, ErrorCode.MeteringOutputHashMismatch },
        { "status partial", record => record with { Status = MeteringStatus.Partial }, ErrorCode.InvalidMetering },
        { "status failed", record => record with { Status = MeteringStatus.Failed }, ErrorCode.InvalidMetering },
        { "priceMsat", record => record with { PriceMsat = 45 }, ErrorCode.MeteringPriceMismatch },
    };

    [Theory]
    [MemberData(nameof(Altered))]
    public void Check_OneFieldAltered_IsRefusedForItsReason(string field, Func<MeteringRecord, MeteringRecord> alter, ErrorCode expected)
    {
        foreach (var request in new[] { ProtocolSamples.Request, ProtocolSamples.PlainRequest })
        {
            var honest = ProtocolSamples.Answer(Node, request);
            Check(request, honest).ShouldBeNull();

            Check(request, honest with { Metering = alter(honest.Metering) }).ShouldBe(expected, field);
        }
    }

    [Theory]
    [MemberData(nameof(Altered))]
    public void CheckRun_OneFieldAltered_AgreesWhereTheAnswerIsNotNeeded(string field, Func<MeteringRecord, MeteringRecord> alter, ErrorCode expected)
    {
        var request = ProtocolSamples.Request;
        var record = ProtocolSamples.Answer(Node, request).Metering;
        string[] onlyBesideTheAnswer = ["inputTokens other than the answer's", "outputTokens other than the answer's", "bytesOut", "outputHash", "status partial", "status failed"];

        MeteringRules.CheckRun(MeteringFacts.Of(request), alter(record), NodeId, ProtocolSamples.Now, ProtocolSamples.Pricing)
            .ShouldBe(onlyBesideTheAnswer.Contains(field) ? null : expected, field);
    }

    public static TheoryData<string, Func<MeteringRecord, MeteringRecord>> Plausible => new()
    {
        { "no members of ours, as existing software sends it", record => record with { OutputHash = null, Status = null, PriceMsat = null, ModelHash = null, TtftMs = null } },
        { "the plain prompt hash and byte count, from a peer without salts", record => record with { PromptHash = PromptHash.Plain(ProtocolSamples.Request), BytesIn = PromptHash.PlainBytes(ProtocolSamples.Request) } },
        { "the plain output hash", record => record with { OutputHash = Hashes.Sha256("Bündisch – jeder bleibt Herr im eigenen Haus.") } },
        { "no wall time, as existing runners report", record => record with { WallTimeMs = 0, TtftMs = null } },
        { "cheaper than announced", record => record with { PriceMsat = 0 } },
        { "at the edge of the window", record => record with { Ts = ProtocolSamples.Now - 300_000 } },
    };

    [Theory]
    [MemberData(nameof(Plausible))]
    public void Check_HonestVariant_Passes(string variant, Func<MeteringRecord, MeteringRecord> vary)
    {
        var honest = ProtocolSamples.Answer(Node, ProtocolSamples.Request);
        Check(ProtocolSamples.Request, honest with { Metering = vary(honest.Metering) }).ShouldBeNull(variant);
    }

    /// <summary>What is not known is not checked: a gateway does not know its router's node, nor a foreign price in sat.</summary>
    [Fact]
    public void Check_WithoutNodeIdAndPrice_LeavesThemOpen()
    {
        var honest = ProtocolSamples.Answer(Node, ProtocolSamples.Request);
        var other = honest with { Metering = honest.Metering with { NodeId = "node-2", PriceMsat = 1_000_000 } };

        MeteringRules.Check(ProtocolSamples.Request, other, nodeId: null, ProtocolSamples.Now).ShouldBeNull();
        MeteringRules.Check(ProtocolSamples.Request, other, null, ProtocolSamples.Now, ProtocolSamples.Pricing with { Currency = "USD" }).ShouldBeNull();
        MeteringRules.Check(ProtocolSamples.Request, other, null, ProtocolSamples.Now, ProtocolSamples.Pricing).ShouldBe(ErrorCode.MeteringPriceMismatch);
    }

    /// <summary>Tools are part of what the model reads; a node that counted them is honest.</summary>
    [Fact]
    public void Check_TokensOfTools_ArePlausible()
    {
        using var tools = JsonDocument.Parse($"[\"{new string('x', 2000)}\"]");
        var withTools = ProtocolSamples.Request with { Tools = tools.RootElement };

        Check(ProtocolSamples.Request, Counted(ProtocolSamples.Request)).ShouldBe(ErrorCode.MeteringTokensImplausible);
        Check(withTools, Counted(withTools)).ShouldBeNull();
        Check(withTools, Counted(ProtocolSamples.Request)).ShouldBe(ErrorCode.MeteringPromptHashMismatch);

        static SignedResult Counted(InferenceRequest request)
        {
            var honest = ProtocolSamples.Answer(Node, request);
            return honest with
            {
                Metering = honest.Metering with { InputTokens = 700, PriceMsat = null },
                Response = honest.Response with { Usage = honest.Response.Usage with { InputTokens = 700 } },
            };
        }
    }

    /// <summary>A hash without the salt can be guessed at, and says nothing of this request; only a peer that knows no salts may give it (DECISIONS E3).</summary>
    [Fact]
    public void Check_PlainHashesOfAPeerWithFeatures_DoNotHold()
    {
        var honest = ProtocolSamples.Answer(Node, ProtocolSamples.Request);
        var plainPrompt = honest with { Metering = honest.Metering with { PromptHash = PromptHash.Plain(ProtocolSamples.Request), BytesIn = PromptHash.PlainBytes(ProtocolSamples.Request) } };
        var plainOutput = honest with { Metering = honest.Metering with { OutputHash = Hashes.Sha256(honest.Response.Output) } };

        foreach (var plain in new[] { plainPrompt, plainOutput }) Check(ProtocolSamples.Request, plain).ShouldBeNull();
        Strict(honest).ShouldBeNull();
        Strict(plainPrompt).ShouldBe(ErrorCode.MeteringPromptHashMismatch);
        Strict(plainOutput).ShouldBe(ErrorCode.MeteringOutputHashMismatch);

        static ErrorCode? Strict(SignedResult result) =>
            MeteringRules.Check(ProtocolSamples.Request, result, NodeId, ProtocolSamples.Now, ProtocolSamples.Pricing, onlyAsAsked: true);
    }

    [Fact]
    public void MeteringFacts_HoldNoText()
    {
        var facts = MeteringFacts.Of(ProtocolSamples.Request).ToString();
        foreach (var message in ProtocolSamples.Request.Messages!) facts.ShouldNotContain(message.Content);
    }

    private static ErrorCode? Check(InferenceRequest request, SignedResult result) =>
        MeteringRules.Check(request, result, NodeId, ProtocolSamples.Now, ProtocolSamples.Pricing);
}
