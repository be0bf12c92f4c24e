using System.Text;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;

namespace FedAi.Tests.Protocol.Envelopes;

public sealed class ControlMessagesTests : IDisposable
{
    private readonly KeyPair router = KeyPair.Generate();
    private readonly KeyPair other = KeyPair.Generate();

    public void Dispose()
    {
        router.Dispose();
        other.Dispose();
    }

    [Fact]
    public void Sign_Message_OpensAsSigned()
    {
        ControlMessages.TryOpen(Signed(router), out var message, out var signer, out var refusal).ShouldBeTrue(refusal?.ToString());

        signer.ShouldBe(router.PublicKey);
        message!.Type.ShouldBe(ControlMessageType.StatusAnnounce);
        message.Payload.GetProperty("open").GetProperty("to").GetDouble().ShouldBe(1e-7);
    }

    public static TheoryData<string, Func<string, string>, ErrorCode> Broken => new()
    {
        { "no JSON", text => text[..^1], ErrorCode.InvalidJson },
        { "no object", _ => "[]", ErrorCode.InvalidRequest },
        { "unknown member", text => text[..^1] + ",\"extra\":1}", ErrorCode.InvalidRequest },
        { "member missing", text => text.Replace("\"messageId\":\"m-1\",", ""), ErrorCode.InvalidRequest },
        { "payload missing", text => text.Replace("\"payload\":", "\"prevMessageId\":\"x\",\"pay\":"), ErrorCode.InvalidRequest },
        { "prevMessageId null", text => text[..^1] + ",\"prevMessageId\":null}", ErrorCode.InvalidRequest },
        { "unknown type", text => text.Replace("STATUS_ANNOUNCE", "STATUS"), ErrorCode.InvalidRequest },
        { "type in small letters", text => text.Replace("STATUS_ANNOUNCE", "status_announce"), ErrorCode.InvalidRequest },
        { "type of every object", text => text.Replace("STATUS_ANNOUNCE", "constructor"), ErrorCode.InvalidRequest },
        { "version", text => text.Replace("\"version\":\"0.1\"", "\"version\":\"0.2\""), ErrorCode.InvalidRequest },
        { "version a number", text => text.Replace("\"version\":\"0.1\"", "\"version\":0.1"), ErrorCode.InvalidRequest },
        { "routerId in capitals", text => text.Replace("npub1", "NPUB1"), ErrorCode.InvalidKeyId },
        { "other type", text => text.Replace("STATUS_ANNOUNCE", "CAPS_ANNOUNCE"), ErrorCode.InvalidSignature },
        { "other payload", text => text.Replace("1e-7", "2e-7"), ErrorCode.InvalidSignature },
        { "member added that is allowed", text => text[..^1] + ",\"prevMessageId\":\"x\"}", ErrorCode.InvalidSignature },
        { "signature empty", text => text[..^1] + ",\"sig\":\"\"}", ErrorCode.InvalidSignature },
        { "signature in base64url", text => text[..^1] + ",\"sig\":\"" + new string('_', 86) + "==\"}", ErrorCode.InvalidSignature },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void TryOpen_BrokenMessage_SaysWhy(string what, Func<string, string> breakIt, ErrorCode expected)
    {
        var text = Encoding.UTF8.GetString(Signed(router));

        ControlMessages.TryOpen(ProtocolSamples.Utf8(breakIt(text)), out _, out _, out var refusal).ShouldBeFalse(what);

        refusal!.Code.ShouldBe(expected, what);
    }

    [Fact]
    public void TryOpen_SignedByAnotherKey_IsRefused()
    {
        ControlMessages.TryOpen(Signed(other), out _, out _, out var refusal).ShouldBeFalse();
        refusal!.Code.ShouldBe(ErrorCode.InvalidSignature);
    }

    private byte[] Signed(KeyPair signer)
    {
        using var payload = JsonDocument.Parse("""{"routerId":"r","open":{"to":0.0000001,"text":"größer 😀"}}""");
        return ControlMessages.Sign(new RouterControlMessage
        {
            Type = ControlMessageType.StatusAnnounce,
            Version = ControlMessages.Version,
            RouterId = router.PublicKey.Npub,
            MessageId = "m-1",
            Timestamp = ProtocolSamples.Now,
            Expiry = ProtocolSamples.Now + 60_000,
            Payload = payload.RootElement,
            Sig = "is filled in",
        }, signer);
    }
}
