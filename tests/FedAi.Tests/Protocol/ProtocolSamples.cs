using System.Text;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Tests.Protocol;

/// <summary>A request and the honest answer to it, for tests that change one thing at a time.</summary>
internal static class ProtocolSamples
{
    public const long Now = 1_760_000_000_000;
    public const string Salt = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    public static InferenceRequest Request { get; } = new()
    {
        RequestId = "0199f3a1-7c1e-7000-8000-000000000001",
        ModelId = "llama-3.1-8b",
        Prompt = "",
        MaxTokens = 100,
        Temperature = 0.7,
        Messages = [new ChatMessage { Role = "system", Content = "Be brief." }, new ChatMessage { Role = "user", Content = "Was heißt föderiert? 😀" }],
        Salt = Salt,
    };

    /// <summary>A request as existing software sends it: a prompt, no messages, no salt.</summary>
    public static InferenceRequest PlainRequest { get; } = Request with { Prompt = "Was heißt föderiert? 😀", Messages = null, Salt = null };

    public static Pricing Pricing { get; } = new() { Unit = PricingUnit.Token, InputRate = 0.001, OutputRate = 0.002, Currency = Prices.Sat };

    public static SignedResult Answer(KeyPair node, InferenceRequest request, string output = "Bündisch – jeder bleibt Herr im eigenen Haus.")
    {
        var response = new InferenceResponse
        {
            RequestId = request.RequestId,
            ModelId = request.ModelId,
            Output = output,
            Usage = new TokenUsage { InputTokens = 20, OutputTokens = 12 },
            LatencyMs = 300,
            FinishReason = "stop",
        };
        var metering = new MeteringRecord
        {
            RequestId = request.RequestId,
            NodeId = "node-1",
            ModelId = request.ModelId,
            PromptHash = PromptHash.Of(request),
            InputTokens = 20,
            OutputTokens = 12,
            WallTimeMs = 300,
            BytesIn = PromptHash.PromptBytes(request),
            BytesOut = Encoding.UTF8.GetByteCount(output),
            Ts = Now,
            OutputHash = OutputHash.Of(request, output),
            Status = MeteringStatus.Complete,
            PriceMsat = 44,
            TtftMs = 40,
        };
        return new SignedResult(node.PublicKey, Open(EnvelopeSealer.Seal(response, ProtocolJson.Default.InferenceResponse, node, Now)), response,
            Open(EnvelopeSealer.Seal(metering, ProtocolJson.Default.MeteringRecord, node, Now)), metering);
    }

    public static Envelope Open(ReadOnlyMemory<byte> wire)
    {
        EnvelopeSealer.TryOpen(wire, out var envelope, out var refusal).ShouldBeTrue(refusal?.ToString());
        return envelope!;
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
