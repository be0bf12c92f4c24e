using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Envelopes;

/// <summary>Signs and opens router control messages (WIRE 3.1, 3.7).</summary>
public static class ControlMessages
{
    public const string Version = "0.1";

    /// <summary>Signs a message; its <c>sig</c> is filled in whatever it was. The bytes are canonical JSON.</summary>
    public static byte[] Sign(RouterControlMessage message, KeyPair key)
    {
        var unsigned = JsonSerializer.SerializeToUtf8Bytes(message with { Sig = "" }, ProtocolJson.Default.RouterControlMessage);
        var digest = SignedDocument.Digest(unsigned, "sig")!;
        return CanonicalJson.Of(JsonSerializer.SerializeToUtf8Bytes(message with { Sig = Convert.ToBase64String(key.Sign(digest)) }, ProtocolJson.Default.RouterControlMessage))!;
    }

    /// <summary>Opens a message as it arrived: shape, routerId and signature. Expiry and what the payload means are the caller's.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> json, [NotNullWhen(true)] out RouterControlMessage? message, [NotNullWhen(true)] out PublicKey? router, [NotNullWhen(false)] out Refusal? refusal)
    {
        message = null;
        router = null;
        refusal = new Refusal(ErrorCode.InvalidJson, "The body is not JSON.");
        if (CanonicalJson.Of(json) is not { } canonical) return false;

        using var document = CanonicalJson.ToDocument(canonical);
        var problems = JsonShape.Problems(document.RootElement, ProtocolJson.Default.RouterControlMessage);
        refusal = new Refusal(ErrorCode.InvalidRequest, "The body must be a router control message.", problems);
        if (problems.Count > 0) return false;

        var read = document.RootElement.Deserialize(ProtocolJson.Default.RouterControlMessage)!;
        refusal = new Refusal(ErrorCode.InvalidRequest, "Only control messages of version 0.1 are understood.", [$"version: Invalid literal value, expected \"{Version}\""]);
        if (read.Version != Version) return false;
        refusal = new Refusal(ErrorCode.InvalidKeyId, "routerId must be a lower-case npub.");
        if (!PublicKey.TryParseNpub(read.RouterId, out router)) return false;
        refusal = new Refusal(ErrorCode.InvalidSignature, "The signature does not hold for this message and routerId.");
        if (!SignedDocument.Verify(router, SignedDocument.Digest(canonical, "sig"), read.Sig)) return false;
        message = read;
        refusal = null;
        return true;
    }
}
