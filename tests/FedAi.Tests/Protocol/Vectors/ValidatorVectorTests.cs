using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Vectors;

/// <summary>What existing software accepts and refuses by shape, type by type, and the words it uses.</summary>
public sealed class ValidatorVectorTests
{
    private static readonly Dictionary<string, JsonTypeInfo> Types = new()
    {
        ["NodeDescriptor"] = ProtocolJson.Default.NodeDescriptor,
        ["QuoteRequest"] = ProtocolJson.Default.QuoteRequest,
        ["QuoteResponse"] = ProtocolJson.Default.QuoteResponse,
        ["InferenceRequest"] = ProtocolJson.Default.InferenceRequest,
        ["InferenceResponse"] = ProtocolJson.Default.InferenceResponse,
        ["InferenceStreamChunk"] = ProtocolJson.Default.InferenceStreamChunk,
        ["MeteringRecord"] = ProtocolJson.Default.MeteringRecord,
        ["PaymentRequest"] = FederationJson.Default.PaymentRequest,
        ["PaymentReceipt"] = FederationJson.Default.PaymentReceipt,
        ["StakeCommit"] = FederationJson.Default.StakeCommit,
        ["StakeSlash"] = FederationJson.Default.StakeSlash,
        ["NodeOffloadRequest"] = FederationJson.Default.NodeOffloadRequest,
        ["NodeRfbPayload"] = FederationJson.Default.NodeRfbPayload,
        ["NodeBidPayload"] = FederationJson.Default.NodeBidPayload,
        ["NodeAwardPayload"] = FederationJson.Default.NodeAwardPayload,
        ["RouterJobSubmit"] = FederationJson.Default.JobSubmit,
        ["RouterJobResult"] = FederationJson.Default.JobResult,
        ["RouterReceipt"] = ProtocolJson.Default.RouterReceipt,
        ["Attestation"] = FederationJson.Default.Attestation,
        ["ProtocolError"] = ProtocolJson.Default.ProtocolError,
        ["Capability"] = ProtocolJson.Default.Capability,
        ["ModelInfo"] = ProtocolJson.Default.ModelInfo,
        ["CAPS_ANNOUNCE"] = ProtocolJson.Default.CapabilityProfile,
        ["PRICE_ANNOUNCE"] = ProtocolJson.Default.PriceSheet,
        ["STATUS_ANNOUNCE"] = ProtocolJson.Default.StatusPayload,
        ["RFB"] = FederationJson.Default.RfbPayload,
        ["BID"] = FederationJson.Default.BidPayload,
        ["AWARD"] = FederationJson.Default.AwardPayload,
        ["RECEIPT_SUMMARY"] = ProtocolJson.Default.ReceiptSummary,
    };

    [Fact]
    public void Shape_EveryVector_IsAcceptedOrRefusedInTheSameWords()
    {
        foreach (var (name, vector) in VectorFiles.Section("validators"))
        {
            var type = vector.GetProperty("type").GetString()!;
            var label = $"{name} {type} {vector.GetProperty("name").GetString()}";
            var canonical = CanonicalJson.Of(Encoding.UTF8.GetBytes(vector.GetProperty("payloadJson").GetString()!));
            canonical.ShouldNotBeNull(label);

            var problems = Problems(canonical, type);

            var expected = vector.GetProperty("ok").GetBoolean() ? [] : vector.GetProperty("errors").EnumerateArray().Select(error => error.GetString()!).ToArray();
            problems.ShouldBe(expected, label);
            if (problems.Count == 0 && Types.TryGetValue(type, out var info)) Read(canonical, info, label);
        }
    }

    private static IReadOnlyList<string> Problems(byte[] canonical, string type)
    {
        using var document = CanonicalJson.ToDocument(canonical);
        if (type != "Envelope<InferenceRequest>") return JsonShape.Problems(document.RootElement, Types[type]);

        var outer = EnvelopeSealer.Problems(document.RootElement);
        return document.RootElement.TryGetProperty("payload", out var payload)
            ? [.. outer, .. JsonShape.Problems(payload, ProtocolJson.Default.InferenceRequest).Select(problem => $"payload: {problem}")]
            : outer;
    }

    /// <summary>What has the right shape can be read as the record: the two never disagree.</summary>
    private static void Read(byte[] canonical, JsonTypeInfo type, string label)
    {
        using var document = CanonicalJson.ToDocument(canonical);
        document.RootElement.Deserialize(type).ShouldNotBeNull(label);
    }
}
