using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>
/// The proof of one request (DECISIONS E5), on one line of JSON: <c>{"request":{requestId,salt,promptHash},"metering":envelope,
/// "responseDigest":hex,"response":envelope}</c>. <c>response</c> holds the answer's text and may be taken out before a proof is shown
/// to others. A metering envelope alone is a proof too, of less. <c>"receipt":envelope</c> may stand beside: a router's word that the record is in the books it announced.
/// </summary>
public static class ProofRules
{
    /// <summary>The proof of a request whose answer was verified when it arrived.</summary>
    public static byte[] Write(InferenceRequest request, SignedResult result)
    {
        var output = new ArrayBufferWriter<byte>(2048);
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteStartObject("request"u8);
        json.WriteString("requestId"u8, request.RequestId);
        if (request.Salt is { } salt) json.WriteString("salt"u8, salt);
        json.WriteString("promptHash"u8, result.Metering.PromptHash);
        json.WriteEndObject();
        json.WritePropertyName("metering"u8);
        json.WriteRawValue(result.MeteringEnvelope.Wire.Span, skipInputValidation: true);
        json.WriteString("responseDigest"u8, DigestOf(result.ResponseEnvelope));
        json.WritePropertyName("response"u8);
        json.WriteRawValue(result.ResponseEnvelope.Wire.Span, skipInputValidation: true);
        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Checks everything a proof says against the node's signatures and against itself. A signature only tells that something
    /// was changed; what stands in the proof twice tells what.
    /// </summary>
    public static ProofReport Check(ReadOnlyMemory<byte> proof)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(proof);
        }
        catch (JsonException)
        {
            return new ProofReport(null, null, ["this is not JSON"]);
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return new ProofReport(null, null, ["this is neither a proof nor a metering envelope"]);
            var problems = new List<string>();
            var isProof = root.TryGetProperty("metering"u8, out var metering);
            if (!TryOpen(isProof ? metering : root, "metering", ProtocolJson.Default.MeteringRecord, problems, out var envelope, out var record))
                return new ProofReport(null, envelope?.Key, problems);

            if (isProof && root.TryGetProperty("request"u8, out var request)) CheckRequest(request, record, problems);
            if (isProof && root.TryGetProperty("response"u8, out var response)) CheckResponse(root, response, envelope, record, problems);
            var receipt = isProof && root.TryGetProperty("receipt"u8, out var told) ? CheckReceipt(told, envelope, record, problems) : null;
            if (!envelope.VerifySignature()) problems.Add($"metering.sig: it does not hold, so the record is not what {envelope.Key.Npub} signed");
            return new ProofReport(record, envelope.Key, problems) { Receipt = receipt };
        }
    }

    private static void CheckRequest(JsonElement request, MeteringRecord record, List<string> problems)
    {
        if (request.ValueKind != JsonValueKind.Object)
        {
            problems.Add("request: expected an object");
            return;
        }

        Compare("requestId", record.RequestId, Text(request, "requestId"), "request.requestId", problems);
        Compare("promptHash", record.PromptHash, Text(request, "promptHash"), "request.promptHash", problems);
        if (Text(request, "salt") is { } salt && !PromptHash.TryReadSalt(salt, out _)) problems.Add("request.salt: not 32 bytes in base64");
        if (!IsHash(record.PromptHash)) problems.Add("metering.payload.promptHash: not a SHA-256 in lower-case hex");
    }

    private static void CheckResponse(JsonElement root, JsonElement nested, Envelope metering, MeteringRecord record, List<string> problems)
    {
        if (!TryOpen(nested, "response", ProtocolJson.Default.InferenceResponse, problems, out var envelope, out var response)) return;

        const string Signed = "the signed answer";
        Compare("requestId", record.RequestId, response.RequestId, Signed, problems);
        Compare("modelId", record.ModelId, response.ModelId, Signed, problems);
        Compare("inputTokens", Text(record.InputTokens), Text(response.Usage.InputTokens), Signed, problems);
        Compare("outputTokens", Text(record.OutputTokens), Text(response.Usage.OutputTokens), Signed, problems);
        var answer = OutputHash.Text(response.Output, response.ToolCalls);
        Compare("bytesOut", Text(record.BytesOut), Text(Encoding.UTF8.GetByteCount(answer)), Signed, problems);
        if (record.OutputHash is { } hash && hash != Hashes.Sha256(answer) && hash != Salted(root, answer))
            problems.Add($"metering.payload.outputHash: it is not the hash of the output in {Signed}");
        if (!envelope.Key.Equals(metering.Key)) problems.Add("response.keyId: the answer was signed by another key than the metering record");
        if (Text(root, "responseDigest") is { } digest && digest != DigestOf(envelope)) problems.Add("response: it does not have the digest that responseDigest names");
        if (!envelope.VerifySignature()) problems.Add($"response.sig: it does not hold, so the answer is not what {envelope.Key.Npub} signed");
    }

    private static ReceiptProof? CheckReceipt(JsonElement nested, Envelope metering, MeteringRecord record, List<string> problems)
    {
        if (!TryOpen(nested, "receipt", ProtocolJson.Default.ReceiptProof, problems, out var envelope, out var proof)) return null;
        problems.AddRange(ReceiptRules.Problems(proof, envelope.Key, metering, record));
        if (!envelope.VerifySignature()) problems.Add($"receipt.sig: it does not hold, so this is not what {envelope.Key.Npub} signed");
        return proof;
    }

    private static bool TryOpen<T>(JsonElement nested, string name, JsonTypeInfo<T> type, List<string> problems,
        [NotNullWhen(true)] out Envelope? envelope, [NotNullWhen(true)] out T? payload) where T : class
    {
        payload = null;
        if (EnvelopeSealer.TryOpen(nested, out envelope, out var refusal) && envelope.TryRead(type, out payload, out refusal)) return true;
        problems.AddRange(refusal.Details is { Count: > 0 } details ? details.Select(detail => $"{name}: {detail}") : [$"{name}: {refusal.Hint}"]);
        return false;
    }

    private static void Compare(string member, string signed, string? other, string otherName, List<string> problems)
    {
        if (signed != other) problems.Add($"metering.payload.{member}: it is {signed}, but {otherName} {(other is null ? "is missing" : $"says {other}")}");
    }

    private static string? Salted(JsonElement root, string output) =>
        root.TryGetProperty("request"u8, out var request) && request.ValueKind == JsonValueKind.Object && PromptHash.TryReadSalt(Text(request, "salt"), out var salt)
            ? Hashes.Keyed(salt, Encoding.UTF8.GetBytes(output))
            : null;

    private static string? Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? Unescaped(value) : null;

    private static string? Unescaped(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair: no text that a record could hold
        }
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static bool IsHash(string text) => text.Length == 2 * SHA256.HashSizeInBytes && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');

    private static string DigestOf(Envelope envelope)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        envelope.Digest(digest);
        return Convert.ToHexStringLower(digest);
    }
}
