using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>
/// Values an <see cref="InferenceRequest"/> may have. The wire's shape lets any number through; here is what makes no sense
/// to any peer, with the one sentence that says so.
/// </summary>
public static class RequestValues
{
    private const int MaxMessages = 4096;
    private const int MaxStops = 16;

    /// <summary>As OpenAI has it.</summary>
    public const int MaxInputs = 2048;

    private const int MaxStopChars = 256;
    private const int MaxCacheKeyChars = 256;
    private const int MaxTokensLimit = 10_000_000;

    public static Refusal? Problem(InferenceRequest request)
    {
        if (ProblemOfNames(request.RequestId, request.ModelId) is { } names) return names;
        if (!(request.MaxTokens >= 1 && request.MaxTokens <= MaxTokensLimit) || request.MaxTokens != Math.Floor(request.MaxTokens)) return Invalid("maxTokens must be a whole number from 1.");
        if (request.Temperature is { } temperature && !(temperature >= 0 && temperature <= 100)) return Invalid("temperature must lie between 0 and 100.");
        if (request.TopP is { } topP && !(topP >= 0 && topP <= 1)) return Invalid("topP must lie between 0 and 1.");
        if (request.MinP is { } minP && !(minP >= 0 && minP <= 1)) return Invalid("minP must lie between 0 and 1.");
        if (request.PresencePenalty is { } presence && !(Math.Abs(presence) <= 100)) return Invalid("presencePenalty must lie between -100 and 100.");
        if (request.FrequencyPenalty is { } frequency && !(Math.Abs(frequency) <= 100)) return Invalid("frequencyPenalty must lie between -100 and 100.");
        if (request.CacheKey is { Length: > MaxCacheKeyChars }) return Invalid($"cacheKey has at most {MaxCacheKeyChars} characters.");
        if (request.Salt is not null && !PromptHash.TryReadSalt(request.Salt, out _)) return Invalid("salt must be 32 bytes in base64.");
        if (request.Stop is { } stop && (stop.Count > MaxStops || stop.Any(text => text.Length is 0 or > MaxStopChars))) return Invalid($"stop takes up to {MaxStops} texts of 1 to {MaxStopChars} characters.");
        if (request.Sealed is { } box) return Problem(request, box);
        if (request.NodeKeyId is not null) return Invalid("nodeKeyId belongs to a sealed request.");
        if (request.JobType == RouterJobType.Embedding) return ProblemOfEmbedding(request);
        if (ProblemOfTools(request) is { } tools) return tools;
        if (request.Inputs is not null) return Invalid("inputs belong to a request with jobType EMBEDDING.");
        if (request.Messages is not { } messages) return request.Prompt.Length == 0 ? Empty("prompt is empty.") : null;
        if (messages.Count == 0) return Empty("messages is empty.");
        if (messages.Count > MaxMessages) return Invalid($"At most {MaxMessages} messages fit into one request.");
        if (messages.Any(message => message.Role is not ("system" or "user" or "assistant" or "tool"))) return Invalid("A message's role must be system, user, assistant or tool.");
        return messages.Any(message => message.ToolCalls?.Count > ToolCalls.MaxCalls) ? Invalid($"A message has at most {ToolCalls.MaxCalls} tool calls.") : null;
    }

    /// <summary>They stand in headers, paths, logs and memory.</summary>
    public static Refusal? ProblemOfNames(string requestId, string modelId) =>
        requestId.Length is 0 or > 128 || requestId.AsSpan().ContainsAnyExceptInRange('!', '~') ? Invalid("requestId must have 1 to 128 visible ASCII characters.")
        : modelId.Length is 0 or > 256 || modelId.Any(char.IsControl) ? Invalid("modelId must have 1 to 256 characters, none of them a control character.")
        : null;

    private static Refusal? ProblemOfTools(InferenceRequest request)
    {
        if (request.Tools is null && request.ToolChoice is null && request.ResponseFormat is null) return null;
        var read = JsonInText.Read(request);
        if (request.Tools is not null && read.Tools is null) return Invalid("tools must be JSON, or text that holds JSON.");
        if (request.ResponseFormat is not null && read.ResponseFormat is null) return Invalid("responseFormat must be JSON, or text that holds JSON.");
        return ToolValues.Problem(read.Tools, read.ToolChoice, read.ResponseFormat) is { } problem ? new Refusal(problem.Code, $"{problem.Param} {problem.What}.") : null;
    }

    private static Refusal? ProblemOfEmbedding(InferenceRequest request)
    {
        if (request.Messages is not null || request.Tools is not null || request.ResponseFormat is not null) return Invalid("An embedding has inputs or a prompt, but no messages, tools or response format.");
        if ((request.Inputs ?? [request.Prompt]) is var inputs && inputs.Count is 0 or > MaxInputs) return Invalid($"inputs take 1 to {MaxInputs} texts.");
        return inputs.Any(input => input.Length == 0) ? Empty("An empty text has no embedding.") : null;
    }

    private static Refusal? Problem(InferenceRequest request, SealedPrompt box)
    {
        if (request.Prompt.Length > 0 || request.Messages is not null || request.Inputs is not null || request.Tools is not null || request.ResponseFormat is not null) return Invalid("A sealed request has no prompt, messages, inputs, tools or response format beside what is sealed.");
        if (box.V != SealedRequests.Version) return Invalid($"sealed.v must be {SealedRequests.Version}.");
        return PublicKey.TryParseNpub(request.NodeKeyId, out _) ? null : Invalid("nodeKeyId must be the npub of the node that the request is sealed to.");
    }

    private static Refusal Invalid(string hint) => new(ErrorCode.InvalidRequest, hint);

    private static Refusal Empty(string hint) => new(ErrorCode.EmptyMessages, hint);
}
