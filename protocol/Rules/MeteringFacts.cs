using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>
/// What of a request a metering record must agree with: hashes, sizes and limits, no text. Small enough to keep for requests
/// whose asker has left, and safe to keep, because nothing in it can be read back into a prompt. The plain values are those
/// of a peer that knows only <c>prompt</c> (DECISIONS E3).
/// </summary>
public sealed record MeteringFacts(string RequestId, string ModelId, string PromptHash, string PlainPromptHash, long PromptBytes, long PlainPromptBytes, long MaxInputTokens, double MaxTokens)
{
    public static MeteringFacts Of(InferenceRequest request) => new(
        request.RequestId,
        request.ModelId,
        Rules.PromptHash.Of(request),
        Rules.PromptHash.Plain(request),
        Rules.PromptHash.PromptBytes(request),
        Rules.PromptHash.PlainBytes(request),
        TokenEstimate.MaxInput(request),
        request.MaxTokens);
}
