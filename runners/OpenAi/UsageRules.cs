using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Runners.OpenAi;

/// <summary>How many tokens an answer cost. The server's own count where it is one; else a guess of ours, because this node signs it. Pure.</summary>
internal static class UsageRules
{
    /// <summary>A token of more bytes on average has no vocabulary.</summary>
    private const int MaxBytesPerToken = 256;

    /// <summary>Marks of the template around an answer and around each call.</summary>
    private const int TokensBesideText = 64;

    /// <summary>Tokens in and out, and whether both are the server's own count.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="usage">What the server says, or null.</param>
    /// <param name="text">Characters and UTF-8 bytes that it wrote, thoughts and calls included.</param>
    /// <param name="calls">How many tools it called.</param>
    public static (int Input, int Output, bool Counted) Read(InferenceRequest request, JsonElement? usage, (long Chars, long Bytes) text, int calls)
    {
        var (input, output) = (Number(usage, "prompt_tokens"u8), Number(usage, "completion_tokens"u8));
        var mostIn = TokenEstimate.MaxInput(request);
        var mostOut = Math.Min((long)request.MaxTokens, text.Bytes + (TokensBesideText * (1L + calls)));
        var embeds = request.JobType == RouterJobType.Embedding;
        var inputHolds = input >= 1 && input <= mostIn;
        var outputHolds = embeds || (output >= 0 && output <= mostOut && output * MaxBytesPerToken >= text.Bytes);
        return (
            (int)(inputHolds ? input!.Value : Math.Clamp(TokenEstimate.Of(request), 1, mostIn)),
            embeds ? 0 : (int)(outputHolds ? output!.Value : Math.Min(mostOut, (text.Chars + 3) / 4)),
            inputHolds && outputHolds);
    }

    private static long? Number(JsonElement? usage, ReadOnlySpan<byte> name) =>
        usage is { ValueKind: JsonValueKind.Object } counts && counts.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
