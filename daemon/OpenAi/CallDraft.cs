using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>What the parameters of a body have said so far; they come in any order.</summary>
internal sealed class CallDraft(string requestId, string salt)
{
    public InferenceRequest Request { get; set; } = new() { RequestId = requestId, ModelId = "", Prompt = "", MaxTokens = 0, Salt = salt };

    /// <summary>The longest answer in tokens; null for as long as fits.</summary>
    public long? MaxTokens { get; set; }

    /// <summary>The newer name said so, and the older one gives way.</summary>
    public bool NewerLimit { get; set; }

    public bool Stream { get; set; }

    public bool IncludeUsage { get; set; }

    /// <summary>parallel_tool_calls is false: the client takes one call at a time.</summary>
    public bool OneToolCall { get; set; }

    /// <summary>What the client calls the beginning that its requests have in common.</summary>
    public string? PromptCacheKey { get; set; }

    /// <summary>Vectors as base64 of float32 instead of numbers.</summary>
    public bool Base64 { get; set; }

    public long? Dimensions { get; set; }
}
