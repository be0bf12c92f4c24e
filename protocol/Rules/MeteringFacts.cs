using System.Text;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>
/// What of a request a metering record must agree with: hashes, sizes and limits, no text. Small enough to keep for requests
/// whose asker has left, and safe to keep, because nothing in it can be read back into a prompt.
/// </summary>
public sealed record MeteringFacts(string RequestId, string ModelId, string PromptHash, string PlainPromptHash, long PromptBytes, long SentPromptBytes, int Messages, double MaxTokens)
{
    public static MeteringFacts Of(InferenceRequest request) => new(
        request.RequestId,
        request.ModelId,
        Rules.PromptHash.Of(request),
        Rules.PromptHash.Plain(request),
        Rules.PromptHash.PromptBytes(request),
        Encoding.UTF8.GetByteCount(request.Prompt),
        request.Messages?.Count ?? 0,
        request.MaxTokens);
}
