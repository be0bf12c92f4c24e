using System.Text.Json;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Cli;

/// <summary>Checks a proof of work done (DECISIONS E5): the node's signed metering record, alone or with what the asker knows of the request.</summary>
internal static class MeteringProof
{
    /// <summary>The record and its node where they could be read, and null or what is wrong.</summary>
    public static (MeteringRecord? Record, string? Node, string? Problem) Check(byte[] json)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            return (null, null, "this is not JSON");
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return (null, null, "this is neither a proof nor a metering envelope");
            var isProof = root.TryGetProperty("metering", out var metering);
            // The bytes as they came, so that a member given twice is judged as the signer's own software would.
            var text = isProof ? JsonText(metering) : json;
            if (!EnvelopeSealer.TryOpen(text, out var envelope, out var refusal)) return (null, null, Sentence(refusal));
            if (!envelope.TryRead(ProtocolJson.Default.MeteringRecord, out var record, out refusal)) return (null, envelope.Key.Npub, Sentence(refusal));
            var problem = !envelope.VerifySignature() ? "the signature does not hold: the record was changed after it was signed, or signed by another key"
                : isProof && root.TryGetProperty("request", out var request) ? Disagreement(request, record)
                : null;
            return (record, envelope.Key.Npub, problem);
        }
    }

    private static byte[] JsonText(JsonElement element) => System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element).ToArray();

    private static string? Disagreement(JsonElement request, MeteringRecord record) =>
        Differs(request, "requestId", record.RequestId) ? "the record is about another request"
        : Differs(request, "promptHash", record.PromptHash) ? "the record is about another prompt"
        : null;

    private static bool Differs(JsonElement request, string name, string signed) =>
        request.ValueKind != JsonValueKind.Object || !request.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String || value.GetString() != signed;

    private static string Sentence(Refusal refusal) => refusal.Details is { Count: > 0 } details ? string.Join("; ", details) : refusal.Hint ?? refusal.Code.Wire();
}
