using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;

namespace FedAi.Daemon.Node;

/// <summary>What this node refuses before the model sees it (WIRE 3.4). Pure; the cheapest check comes first.</summary>
internal static class RequestPolicy
{
    private const int MaxRequestIdChars = 128;

    public static Refusal? Check(InferenceRequest request, NodeLimits limits, IReadOnlyList<RunnerModel> models)
    {
        if (request.RequestId.Length is 0 or > MaxRequestIdChars)
            return new Refusal(ErrorCode.InvalidRequest, $"requestId must have 1 to {MaxRequestIdChars} characters.");
        if (models.Count == 0)
            return new Refusal(ErrorCode.ModelLoading, "This node is loading its model; try again in a moment.", RetryAfterSeconds: 2);
        if (models.FirstOrDefault(model => model.Id == request.ModelId) is not { } served)
            return new Refusal(ErrorCode.ModelNotFound, "This node does not serve that model.");
        var (promptBytes, tokens) = limits.Of(request.ModelId);
        if (PromptBytes(request) > promptBytes)
            return new Refusal(ErrorCode.PromptTooLarge, $"The prompt is larger than {promptBytes} bytes.");
        if (RequestValues.Problem(request) is { } problem) return problem;
        if (request.MaxTokens > tokens)
            return new Refusal(ErrorCode.MaxTokensExceeded, $"This node answers with at most {tokens} tokens.");
        if (ModelFeatures.NeededBy(request).Except(served.Features).FirstOrDefault() is { } missing)
            return new Refusal(ErrorCode.UnsupportedParameter, $"This model has no {missing} here; ask without, or ask another model.");
        if (request.JobType != RouterJobType.Embedding && !served.Generates)
            return new Refusal(ErrorCode.UnsupportedParameter, "This model makes embeddings only.");
        if (TokenEstimate.Longest(request) + (request.JobType == RouterJobType.Embedding ? 0 : request.MaxTokens) > served.ContextTokens)
            return new Refusal(ErrorCode.ContextWindowExceeded, $"Prompt and answer together must fit into {served.ContextTokens} tokens.");
        return null;
    }

    /// <summary>All that a template may print; tools and schemas are prompt as well.</summary>
    private static long PromptBytes(InferenceRequest request) =>
        (request.Messages is { } messages ? messages.Sum(Bytes) : Encoding.UTF8.GetByteCount(request.Inputs is null ? request.Prompt : PromptText.Of(request)))
        + Bytes(request.Tools) + Bytes(request.ResponseFormat);

    private static long Bytes(ChatMessage message) =>
        Encoding.UTF8.GetByteCount(message.Content) + (message.ToolCalls?.Sum(call => (long)Encoding.UTF8.GetByteCount(call.Arguments)) ?? 0);

    private static long Bytes(JsonElement? json) => json is { } value ? JsonMarshal.GetRawUtf8Value(value).Length : 0;
}
