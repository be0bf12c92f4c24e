using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.TestKit;

/// <summary>What an honest node signs for a request.</summary>
internal static class SignedResults
{
    public static SignedResult For(InferenceRequest request, string output, KeyPair node)
    {
        var response = new InferenceResponse
        {
            RequestId = request.RequestId,
            ModelId = request.ModelId,
            Output = output,
            Usage = new TokenUsage { InputTokens = 3, OutputTokens = 2 },
            LatencyMs = 5,
            FinishReason = "stop",
        };
        var metering = new MeteringRecord
        {
            RequestId = request.RequestId,
            NodeId = node.PublicKey.Npub,
            ModelId = request.ModelId,
            PromptHash = PromptHash.Of(request),
            InputTokens = 3,
            OutputTokens = 2,
            WallTimeMs = 5,
            BytesIn = PromptHash.PromptBytes(request),
            BytesOut = System.Text.Encoding.UTF8.GetByteCount(output),
            Ts = WireClient.Now,
            OutputHash = OutputHash.Of(request, output),
            Status = MeteringStatus.Complete,
            PriceMsat = 7,
        };
        var final = new InferenceStreamFinal
        {
            Response = JsonDocument.Parse(EnvelopeSealer.Seal(response, ProtocolJson.Default.InferenceResponse, node, WireClient.Now)).RootElement,
            Metering = JsonDocument.Parse(EnvelopeSealer.Seal(metering, ProtocolJson.Default.MeteringRecord, node, WireClient.Now)).RootElement,
        };
        return SignedResult.TryOpen(final, node.PublicKey, out var result, out var refusal) ? result : throw new InvalidOperationException(refusal.ToString());
    }
}
