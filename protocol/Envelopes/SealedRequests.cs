using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Envelopes;

/// <summary>
/// Requests that only the executing node can read (DECISIONS E11). The whole request is sealed; outside stay its id, model,
/// longest answer, privacy level and payment, and the node it is for. Both ends get what they need for the sealed answer.
/// </summary>
public static class SealedRequests
{
    public const long Version = 1;

    /// <summary>A multiple of this is the length of everything sealed.</summary>
    private const int BlockBytes = 256;

    private static readonly Refusal Unopenable = new(ErrorCode.SealInvalid,
        "The sealed request does not open: it was changed on its way, or sealed for another request, model, node or limit. Seal it anew.");

    internal static ReadOnlySpan<byte> Info => "fedai sealed request 1"u8;

    internal static ReadOnlySpan<byte> AnswerLabel => "fedai sealed answer 1"u8;

    /// <summary>Seals a request to the node whose key <paramref name="sender"/> was made for, and uses it up. <paramref name="answer"/> opens what comes back.</summary>
    public static InferenceRequest Seal(InferenceRequest request, string nodeKeyId, SealedSender sender, out SealedAnswerReader answer)
    {
        // Its own level is for those who pass it on; its payment is for the router.
        var inside = JsonSerializer.SerializeToUtf8Bytes(request with { PrivacyLevel = null, PaymentReceipts = null }, ProtocolJson.Default.InferenceRequest);
        var outside = new InferenceRequest
        {
            RequestId = request.RequestId,
            ModelId = request.ModelId,
            Prompt = "",
            MaxTokens = request.MaxTokens,
            JobType = request.JobType,
            PaymentReceipts = request.PaymentReceipts,
            PrivacyLevel = request.PrivacyLevel,
            NodeKeyId = nodeKeyId,
        };
        using (sender)
        {
            answer = sender.Answer(structured: request.Tools is not null);
            return outside with { Sealed = sender.Seal(Binding(outside, sender.Kid), SealPadding.Pad(inside, BlockBytes)) };
        }
    }

    /// <summary>Opens a request that was sealed to this key. Whether it came before is for the caller to know: by <paramref name="answer"/>'s encapsulated key.</summary>
    public static bool TryOpen(InferenceRequest outside, X25519Key key, [NotNullWhen(true)] out InferenceRequest? request, [NotNullWhen(true)] out SealedAnswerWriter? answer, [NotNullWhen(false)] out Refusal? refusal)
    {
        (request, answer, refusal) = (null, null, Unopenable);
        var encapsulated = new byte[SealedBox.EncapsulatedBytes];
        if (outside.Sealed is not { V: Version } box
            || !Convert.TryFromBase64String(box.Enc, encapsulated, out var length) || length != encapsulated.Length
            || !TryDecode(box.Ct, out var ciphertext)
            || !SealedBox.TryReceive(key, encapsulated, Info, out var context)) return false;
        using (context)
        {
            if (!context.TryOpen(Binding(outside, box.Kid), ciphertext, out var padded)
                || !SealPadding.TryRemove(padded, out var text)
                || !TryRead(text.Value, out request)
                || request.RequestId != outside.RequestId || request.ModelId != outside.ModelId || request.MaxTokens != outside.MaxTokens || request.Sealed is not null)
            {
                request = null;
                return false;
            }

            answer = new SealedAnswerWriter(encapsulated, context.Export(AnswerLabel, SealedAnswerKeys.SecretBytes), structured: request.Tools is not null);
            refusal = null;
            return true;
        }
    }

    private static byte[] Binding(InferenceRequest outside, string kid) => CanonicalJson.Of(JsonSerializer.SerializeToUtf8Bytes(
        new SealedBinding
        {
            RequestId = outside.RequestId,
            ModelId = outside.ModelId,
            MaxTokens = outside.MaxTokens,
            NodeKeyId = outside.NodeKeyId ?? "",
            Kid = kid,
        },
        ProtocolJson.Default.SealedBinding))!;

    private static bool TryDecode(string base64, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = new byte[base64.Length / 4 * 3];
        var decoded = Convert.TryFromBase64String(base64, bytes, out var length);
        bytes = decoded ? bytes[..length] : null;
        return decoded;
    }

    private static bool TryRead(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out InferenceRequest? request)
    {
        request = null;
        if (CanonicalJson.Of(json.Span) is not { } canonical) return false;
        // Not disposed of: tools and response format are parts of it, and live as long as the request.
        var root = CanonicalJson.ToDocument(canonical).RootElement;
        if (JsonShape.Problems(root, ProtocolJson.Default.InferenceRequest).Count == 0) request = root.Deserialize(ProtocolJson.Default.InferenceRequest);
        return request is not null;
    }
}
