using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>
/// What of a request a metering record must agree with: hashes, sizes and limits, no text. Small enough to keep for requests
/// whose asker has left, and safe to keep, because nothing in it can be read back into a prompt. The plain values are those
/// of a peer that knows only <c>prompt</c> (DECISIONS E3).
/// </summary>
public sealed record MeteringFacts(string RequestId, string ModelId, string PromptHash, string PlainPromptHash, long PromptBytes, long PlainPromptBytes, long MaxInputTokens, double MaxTokens)
{
    /// <summary>A peer that announced features has no excuse for the plain form, which anybody can guess at: then only the form that was asked for holds.</summary>
    public static MeteringFacts Of(InferenceRequest request, bool onlyAsAsked = false)
    {
        var hash = Rules.PromptHash.Of(request);
        var bytes = Rules.PromptHash.PromptBytes(request);
        return new MeteringFacts(
            request.RequestId,
            request.ModelId,
            hash,
            onlyAsAsked ? hash : Rules.PromptHash.Plain(request),
            bytes,
            onlyAsAsked ? bytes : Rules.PromptHash.PlainBytes(request),
            TokenEstimate.MaxInput(request),
            request.MaxTokens);
    }
}
