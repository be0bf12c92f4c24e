using System.Text;
using System.Text.Json;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>The hash by which a metering record names its answer (DECISIONS E4): same rule and same salt as the prompt's.</summary>
public static class OutputHash
{
    public static string Of(InferenceRequest request, string output, IReadOnlyList<ToolCall>? toolCalls = null)
    {
        var text = Text(output, toolCalls);
        return PromptHash.TryReadSalt(request.Salt, out var salt) ? Hashes.Keyed(salt, Encoding.UTF8.GetBytes(text)) : Hashes.Sha256(text);
    }

    /// <summary>What is hashed, and counted as bytes: the output, and after it the canonical JSON of the tool calls where there are any.</summary>
    public static string Text(string output, IReadOnlyList<ToolCall>? toolCalls) => toolCalls is not { Count: > 0 }
        ? output
        : output + Encoding.UTF8.GetString(CanonicalJson.Of(JsonSerializer.SerializeToUtf8Bytes([.. toolCalls], ProtocolJson.Default.ToolCallArray))!);
}
