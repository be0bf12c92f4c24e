using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Envelopes;

/// <summary>
/// What a node hands over for one request: its answer and its metering record, each in an envelope the node signed.
/// Both signatures hold and both envelopes are by one key; whether the numbers are plausible is for MeteringRules.
/// </summary>
public sealed record SignedResult(PublicKey Node, Envelope ResponseEnvelope, InferenceResponse Response, Envelope MeteringEnvelope, MeteringRecord Metering)
{
    /// <summary>The node's seal key for the next request, as it came: nobody has checked its signature yet.</summary>
    public NodeSealKey? NodeKey { get; init; }

    /// <summary>Opens <c>{"response":…,"metering":…}</c> (WIRE 3.3, 3.5). With <paramref name="expectedNode"/> only that key may have signed.</summary>
    public static bool TryOpen(InferenceStreamFinal final, PublicKey? expectedNode, [NotNullWhen(true)] out SignedResult? result, [NotNullWhen(false)] out Refusal? refusal)
    {
        result = null;
        if (!TryOpen(final.Response, ProtocolJson.Default.InferenceResponse, ErrorCode.InvalidNodeResponse, out var responseEnvelope, out var response, out refusal)) return false;
        if (!TryOpen(final.Metering, ProtocolJson.Default.MeteringRecord, ErrorCode.InvalidMetering, out var meteringEnvelope, out var metering, out refusal)) return false;

        var node = responseEnvelope.Key;
        if (!node.Equals(meteringEnvelope.Key) || (expectedNode is not null && !node.Equals(expectedNode)))
            refusal = new Refusal(ErrorCode.NodeResponseKeyMismatch, "The answer was not signed by the node that was asked.");
        else if (!responseEnvelope.VerifySignature())
            refusal = new Refusal(ErrorCode.NodeResponseSignatureInvalid, "The signature of the node's answer does not hold.");
        else if (!meteringEnvelope.VerifySignature())
            refusal = new Refusal(ErrorCode.NodeMeteringSignatureInvalid, "The signature of the node's metering record does not hold.");
        else
            result = new SignedResult(node, responseEnvelope, response, meteringEnvelope, metering) { NodeKey = final.Node?.KeyId == node.Npub ? final.Node : null };

        return result is not null;
    }

    private static bool TryOpen<T>(JsonElement nested, JsonTypeInfo<T> type, ErrorCode code,
        [NotNullWhen(true)] out Envelope? envelope, [NotNullWhen(true)] out T? payload, [NotNullWhen(false)] out Refusal? refusal) where T : class
    {
        payload = null;
        if (EnvelopeSealer.TryOpen(nested, out envelope, out refusal) && envelope.TryRead(type, out payload, out refusal)) return true;
        refusal = new Refusal(code, "The node's envelope has the wrong shape.", refusal?.Details);
        return false;
    }
}
