using System.Text;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Tests.Protocol.Envelopes;

public sealed class EnvelopeSealerTests : IDisposable
{
    private readonly KeyPair key = KeyPair.Generate();

    public void Dispose() => key.Dispose();

    [Fact]
    public void Seal_Request_OpensReadsAndVerifies()
    {
        var envelope = ProtocolSamples.Open(EnvelopeSealer.Seal(ProtocolSamples.Request, ProtocolJson.Default.InferenceRequest, key, ProtocolSamples.Now, "a \"nonce\" 😀"));

        envelope.VerifySignature().ShouldBeTrue();
        envelope.Key.ShouldBe(key.PublicKey);
        envelope.Nonce.ShouldBe("a \"nonce\" 😀");
        envelope.Ts.ShouldBe(ProtocolSamples.Now);
        envelope.TryRead(ProtocolJson.Default.InferenceRequest, out var request, out _).ShouldBeTrue();
        request!.Messages![1].Content.ShouldBe(ProtocolSamples.Request.Messages![1].Content);
        CanonicalJson.Of(envelope.Wire.Span).ShouldBe(envelope.Wire.ToArray());
    }

    [Fact]
    public void Seal_WithoutNonce_MakesANewOneEachTime()
    {
        var nonces = Enumerable.Range(0, 100).Select(_ => ProtocolSamples.Open(Sealed("{}")).Nonce).ToHashSet();
        nonces.Count.ShouldBe(100);
    }

    /// <summary>Payloads are open (DECISIONS E1): a member this version does not know is kept, and covered by the signature.</summary>
    [Fact]
    public void Open_UnknownMembers_AreKeptAndSigned()
    {
        var wire = Text(Sealed("""{"requestId":"r","modelId":"m","prompt":"p","maxTokens":1,"future":{"b":[1.50,null],"a":"ä"}}"""));

        var envelope = ProtocolSamples.Open(ProtocolSamples.Utf8(wire));
        envelope.VerifySignature().ShouldBeTrue();
        envelope.TryRead(ProtocolJson.Default.InferenceRequest, out _, out _).ShouldBeTrue();
        Text(envelope.Payload.Span).ShouldContain("""
            "future":{"a":"ä","b":[1.5,null]}
            """.Trim());
        ProtocolSamples.Open(ProtocolSamples.Utf8(wire.Replace("1.5,null", "1.5,true"))).VerifySignature().ShouldBeFalse();
        ProtocolSamples.Open(ProtocolSamples.Utf8(wire.Replace(""","b":[1.5,null]""", ""))).VerifySignature().ShouldBeFalse();
    }

    /// <summary>Other software writes members in any order, with blanks, escapes and other number forms: the signature covers the value.</summary>
    [Fact]
    public void Open_SameValueSpelledDifferently_Verifies()
    {
        using var sealedEnvelope = JsonDocument.Parse(Sealed("""{"n":[100,0.000001],"t":"é/\n😀"}"""));
        string Member(string name) => sealedEnvelope.RootElement.GetProperty(name).GetRawText();

        var respelled = $$"""
             { "ts" : 1.76e12 , "sig":{{Member("sig")}},  "keyId":{{Member("keyId")}},
               "payload": { "t":"old", "n":[1e2,1.0e-6], "t":"\u00e9\/\u000a\uD83D\uDE00" }, "nonce":{{Member("nonce")}} }
            """;

        ProtocolSamples.Open(ProtocolSamples.Utf8(respelled)).VerifySignature().ShouldBeTrue();
    }

    [Fact]
    public void Open_LoneSurrogates_KeepTheSignatureAndReadAsReplacement()
    {
        var wire = Sealed("""{"requestId":"r","modelId":"m","prompt":"a\ud800b","maxTokens":1,"\udfff":1}""");
        var envelope = ProtocolSamples.Open(wire);

        envelope.VerifySignature().ShouldBeTrue();
        envelope.TryRead(ProtocolJson.Default.InferenceRequest, out var request, out _).ShouldBeTrue();
        request!.Prompt.ShouldBe("a\ufffdb");
        ProtocolSamples.Open(envelope.Wire).VerifySignature().ShouldBeTrue();
        ProtocolSamples.Open(ProtocolSamples.Utf8(Text(wire).Replace("\\ud800", "\\ud801"))).VerifySignature().ShouldBeFalse();
        var odd = ProtocolSamples.Open(EnvelopeSealer.Seal("{}"u8, key, 1, "\ud800"));
        odd.VerifySignature().ShouldBeTrue();
        odd.Nonce.ShouldBe("\ufffd");
    }

    [Fact]
    public void Open_NestedEnvelope_IsKeptAsItArrived()
    {
        var inner = Sealed("""{"n":1.50,"t":"\ud800"}""");
        using var outer = JsonDocument.Parse($$"""{"response": {{Text(inner)}} }""");

        EnvelopeSealer.TryOpen(outer.RootElement.GetProperty("response"), out var envelope, out var refusal).ShouldBeTrue(refusal?.ToString());

        envelope!.VerifySignature().ShouldBeTrue();
    }

    [Fact]
    public void TryRead_WrongShape_SaysWhatIsWrong()
    {
        var envelope = ProtocolSamples.Open(Sealed("""{"requestId":1,"modelId":"m","prompt":"p"}"""));

        envelope.TryRead(ProtocolJson.Default.InferenceRequest, out _, out var refusal).ShouldBeFalse();

        refusal!.Code.ShouldBe(ErrorCode.InvalidEnvelope);
        refusal.Details.ShouldBe(["payload: requestId: Expected string, received number", "payload: maxTokens: Required"]);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    public void TryRead_PayloadThatIsNoObject_IsRefused(string payload)
    {
        var envelope = ProtocolSamples.Open(Sealed(payload));
        envelope.VerifySignature().ShouldBeTrue();
        envelope.TryRead(ProtocolJson.Default.InferenceRequest, out _, out var refusal).ShouldBeFalse();
        refusal!.Code.ShouldBe(ErrorCode.InvalidEnvelope);
    }

    [Fact]
    public void Seal_PayloadThatIsNoJson_Throws() => Should.Throw<ArgumentException>(() => EnvelopeSealer.Seal("{"u8, key, 1, "n"));

    [Fact]
    public void Seal_TextWithHalfASurrogatePair_StillVerifies()
    {
        var request = ProtocolSamples.PlainRequest with { Prompt = "a\ud800b" };
        var envelope = ProtocolSamples.Open(EnvelopeSealer.Seal(request, ProtocolJson.Default.InferenceRequest, key, ProtocolSamples.Now));
        envelope.VerifySignature().ShouldBeTrue();
        envelope.TryRead(ProtocolJson.Default.InferenceRequest, out var read, out _).ShouldBeTrue();
        read!.Prompt.ShouldBe("a\ufffdb");
    }

    private byte[] Sealed(string payload) => EnvelopeSealer.Seal(ProtocolSamples.Utf8(payload), key, ProtocolSamples.Now, Guid.CreateVersion7().ToString());

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
