using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>A guess at the number of tokens before a model counts them (WIRE 3.1): a quarter of the UTF-16 length, at least 1 for any text.</summary>
public static class TokenEstimate
{
    // A chat template puts a few tokens around each message, and no tokenizer makes more than one token of a byte.
    private const int TokensBesideText = 64;
    private const int TokensPerMessage = 32;

    // Templates print tools indented, and beside them how to call one.
    private const int TokensBesideTools = 1024;
    private const int CopiesOfTools = 4;

    public static long Of(string text) => text.Length == 0 ? 0 : Math.Max(1, (text.Length + 3L) / 4);

    /// <summary>The guess for a request: its messages as they would be sent to an older peer, or its prompt.</summary>
    /// <remarks>A ciphertext says nothing about it: whoever sealed the request guesses for the quote, and the node counts.</remarks>
    public static long Of(InferenceRequest request) => request.Sealed is null ? Of(PromptText.Of(request)) + Guess(request.Tools) + Guess(request.ResponseFormat) : 0;

    /// <summary>The guess at what must fit into the model's context at once: texts to embed go in one by one.</summary>
    public static long Longest(InferenceRequest request) => request.Inputs is { Count: > 0 } inputs ? inputs.Max(Of) : Of(request);

    /// <summary>
    /// More input tokens than this no tokenizer and chat template make of the request (DECISIONS E4). A sealed request has all
    /// its text in the ciphertext, and around each message more JSON than a template has tokens.
    /// </summary>
    public static long MaxInput(InferenceRequest request)
    {
        var bytes = request.Messages is { } messages ? messages.Sum(Bytes) : Bytes(PromptText.Of(request));
        var tools = request.Tools is null ? 0 : TokensBesideTools + (CopiesOfTools * Bytes(request.Tools));
        return TokensBesideText + (TokensPerMessage * (request.Messages?.Count ?? request.Inputs?.Count ?? 0)) + bytes + tools + Bytes(request.ResponseFormat);
    }

    private static long Bytes(ChatMessage message) =>
        Bytes(message.Content) + Bytes(message.Name) + Bytes(message.ToolCallId)
        + (message.ToolCalls?.Sum(call => Bytes(call.Id) + Bytes(call.Name) + Bytes(call.Arguments)) ?? 0);

    private static long Bytes(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    private static long Guess(JsonElement? json) => (Bytes(json) + 3) / 4;

    private static long Bytes(JsonElement? json) => json is { } value ? JsonMarshal.GetRawUtf8Value(value).Length : 0;
}
