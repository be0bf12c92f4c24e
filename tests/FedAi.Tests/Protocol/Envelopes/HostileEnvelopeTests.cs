using System.Text;
using System.Text.Json.Nodes;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Tests.Protocol.Envelopes;

/// <summary>Envelopes as a stranger may send them: each is refused with the code that says why, and nothing throws (WIRE W-5, W-16).</summary>
public sealed class HostileEnvelopeTests : IDisposable
{
    private readonly KeyPair key = KeyPair.Generate();

    public void Dispose() => key.Dispose();

    [Fact]
    public void Open_AnySingleByteChanged_IsRefusedOrDoesNotVerify()
    {
        var wire = EnvelopeSealer.Seal(ProtocolSamples.Request, ProtocolJson.Default.InferenceRequest, key, ProtocolSamples.Now);
        ProtocolSamples.Open(wire).VerifySignature().ShouldBeTrue();

        for (var at = 0; at < wire.Length; at++)
        {
            var original = wire[at];
            foreach (var changed in new[] { (byte)(original ^ 1), (byte)(original ^ 0x20), (byte)(original ^ 0x80), (byte)'"', (byte)'0', (byte)' ' })
            {
                if (changed == original) continue;
                wire[at] = changed;
                (EnvelopeSealer.TryOpen(wire, out var envelope, out _) && envelope.VerifySignature()).ShouldBeFalse($"byte {at}: {original:x2} → {changed:x2}");
            }

            wire[at] = original;
        }
    }

    [Fact]
    public void Open_AnyPrefix_IsNotJson()
    {
        var wire = EnvelopeSealer.Seal("{\"a\":[1,\"x\"]}"u8, key, 1, "n");
        for (var length = 0; length < wire.Length; length++) CodeOf(wire[..length]).ShouldBe(ErrorCode.InvalidJson, $"first {length} bytes");
    }

    public static TheoryData<string, Func<string, string>> BadSignatures => new()
    {
        { "empty", _ => "" },
        { "63 bytes", sig => Convert.ToBase64String(Convert.FromBase64String(sig)[..63]) },
        { "65 bytes", sig => Convert.ToBase64String([.. Convert.FromBase64String(sig), 0]) },
        { "66 bytes", sig => Convert.ToBase64String([.. Convert.FromBase64String(sig), 0, 0]) },
        { "base64url", sig => sig.Replace('+', '-').Replace('/', '_') },
        { "no padding", sig => sig.TrimEnd('=') },
        { "blank in front", sig => " " + sig },
        { "blank inside", sig => sig.Insert(40, " ") },
        { "blank for a letter", sig => sig.Remove(40, 1).Insert(40, " ") },
        { "line feed at the end", sig => sig + "\n" },
        { "spare bits set", sig => sig[..85] + (sig[85] is 'A' ? 'B' : (char)(sig[85] + 1)) + "==" },
        { "hex", sig => Convert.ToHexStringLower(Convert.FromBase64String(sig)) },
        { "88 letters that are no base64", _ => new string('*', 88) },
        { "letters outside ASCII", _ => new string('é', 88) },
        { "half a surrogate pair", _ => "\ud800" + new string('A', 85) + "==" },
    };

    [Theory]
    [MemberData(nameof(BadSignatures))]
    public void Open_OddSignatureText_IsRefused(string name, Func<string, string> change)
    {
        // A signature whose base64 holds both letters that base64url spells differently, and spare bits one can set.
        string sig;
        JsonObject envelope;
        do
        {
            envelope = Sealed();
            sig = (string)envelope["sig"]!;
        }
        while (!sig.Contains('+') || !sig.Contains('/'));

        CodeOf(With(envelope, "sig", change(sig))).ShouldBe(ErrorCode.InvalidSignature, name);
    }

    public static TheoryData<string, Func<PublicKey, string>> BadKeyIds => new()
    {
        { "empty", _ => "" },
        { "hex", key => key.Hex },
        { "upper case", key => key.Npub.ToUpperInvariant() },
        { "mixed case", key => "Npub" + key.Npub[4..] },
        { "nostr: in front", key => "nostr:" + key.Npub },
        { "blank in front", key => " " + key.Npub },
        { "31 bytes", key => Bech32.Encode("npub", key.Bytes[..31]) },
        { "33 bytes", key => Bech32.Encode("npub", [.. key.Bytes, 0]) },
        { "no bytes", _ => Bech32.Encode("npub", []) },
        { "other prefix", key => Bech32.Encode("nsec", key.Bytes) },
        { "wrong checksum", key => key.Npub[..^1] + (key.Npub[^1] == 'q' ? 'p' : 'q') },
        { "no point of the curve", _ => Bech32.Encode("npub", Enumerable.Repeat((byte)0xff, 32).ToArray()) },
        { "a megabyte", _ => "npub1" + new string('q', 1_000_000) },
        { "half a surrogate pair", key => key.Npub[..^1] + "\ud800" },
    };

    [Theory]
    [MemberData(nameof(BadKeyIds))]
    public void Open_OddKeyId_IsRefused(string name, Func<PublicKey, string> change) =>
        CodeOf(With(Sealed(), "keyId", change(key.PublicKey))).ShouldBe(ErrorCode.InvalidKeyId, name);

    [Theory]
    [InlineData("payload", "")]
    [InlineData("nonce", "")]
    [InlineData("nonce", "1")]
    [InlineData("nonce", "null")]
    [InlineData("ts", "")]
    [InlineData("ts", "\"1\"")]
    [InlineData("ts", "1e400")]
    [InlineData("ts", "null")]
    [InlineData("keyId", "")]
    [InlineData("keyId", "{}")]
    [InlineData("sig", "")]
    [InlineData("sig", "[]")]
    [InlineData("extra", "1")]
    [InlineData("Sig", "\"\"")]
    [InlineData("__proto__", "{}")]
    public void Open_MemberWrongMissingOrUnknown_IsRefused(string member, string value)
    {
        var envelope = Sealed();
        envelope.Remove(member);
        var text = envelope.ToJsonString();
        if (value.Length > 0) text = $"{text[..^1]},\"{member}\":{value}}}";

        CodeOf(ProtocolSamples.Utf8(text)).ShouldBe(ErrorCode.InvalidEnvelope);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"x\"")]
    [InlineData("1")]
    public void Open_NoEnvelopeAtAll_IsRefused(string text) => CodeOf(ProtocolSamples.Utf8(text)).ShouldBe(ErrorCode.InvalidEnvelope);

    /// <summary>JSON.parse keeps the last of two equal keys; whoever kept the first would verify something else than he reads.</summary>
    [Fact]
    public void Open_DuplicateKeys_TheLastCountsForSignatureAndReading()
    {
        var text = EnvelopeSealer.Seal("{\"delta\":\"signed\",\"index\":0,\"modelId\":\"m\",\"requestId\":\"r\"}"u8, key, 5, "n");
        var inFront = Encoding.UTF8.GetString(text).Replace("{\"delta\"", "{\"delta\":\"forged\",\"d\\u0065lta\":\"forged too\",\"delta\"");
        var behind = Encoding.UTF8.GetString(text).Replace("\"requestId\":\"r\"}", "\"requestId\":\"r\",\"d\\u0065lta\":\"forged\"}");

        var honest = ProtocolSamples.Open(ProtocolSamples.Utf8(inFront));
        honest.VerifySignature().ShouldBeTrue();
        honest.TryRead(ProtocolJson.Default.InferenceStreamChunk, out var chunk, out _).ShouldBeTrue();
        chunk!.Delta.ShouldBe("signed");
        var forged = ProtocolSamples.Open(ProtocolSamples.Utf8(behind));
        forged.VerifySignature().ShouldBeFalse();
        forged.TryRead(ProtocolJson.Default.InferenceStreamChunk, out chunk, out _).ShouldBeTrue();
        chunk!.Delta.ShouldBe("forged");
    }

    [Fact]
    public void Open_TenMegabytesOfGarbage_IsRefused()
    {
        foreach (var unit in new[] { "a", "[", "{\"a\":", "\"", "1", "\n" })
            CodeOf(ProtocolSamples.Utf8(new StringBuilder().Insert(0, unit, 10_000_000 / unit.Length).ToString())).ShouldBe(unit == "1" ? ErrorCode.InvalidEnvelope : ErrorCode.InvalidJson, unit);
        CodeOf(Enumerable.Repeat((byte)0xff, 10_000_000).ToArray()).ShouldBe(ErrorCode.InvalidJson);
    }

    [Theory]
    [InlineData(63, null)]
    [InlineData(64, ErrorCode.InvalidJson)]
    public void Open_DeepPayload_IsRefusedFrom65Levels(int payloadDepth, ErrorCode? expected) =>
        CodeOf(EnvelopeSealer.Seal(ProtocolSamples.Utf8(new string('[', payloadDepth) + new string(']', payloadDepth)), key, 1, "n")).ShouldBe(expected);

    private JsonObject Sealed() => JsonNode.Parse(EnvelopeSealer.Seal("{}"u8, key, ProtocolSamples.Now, "n"))!.AsObject();

    private static byte[] With(JsonObject envelope, string member, string value)
    {
        // Written by our own writer: System.Text.Json cannot write half a surrogate pair.
        var literal = new System.Buffers.ArrayBufferWriter<byte>();
        JsonString.Write(value, literal);
        envelope.Remove(member);
        var text = envelope.ToJsonString();
        return [.. ProtocolSamples.Utf8($"{text[..^1]},\"{member}\":"), .. literal.WrittenSpan, (byte)'}'];
    }

    private static ErrorCode? CodeOf(byte[] wire) => EnvelopeSealer.TryOpen(wire, out _, out var refusal) ? null : refusal.Code;
}
