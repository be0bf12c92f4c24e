using System.Text;
using System.Text.Json;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>
/// The hash by which a metering record names its prompt (DECISIONS E3). Without a salt it is SHA-256 of the prompt, as
/// existing software has it; with the request's 32-byte salt it is an HMAC, which nobody without the salt can guess at. Of a sealed request it is over the ciphertext.
/// </summary>
public static class PromptHash
{
    public const int SaltBytes = 32;

    /// <summary>In the form this request asked for.</summary>
    public static string Of(InferenceRequest request) =>
        TryReadSalt(request.Salt, out var salt) ? Hashes.Keyed(salt, Prompt(request)) : Plain(request);

    /// <summary>The plain form, which peers that do not know salts give: over the prompt as it was or would be sent to them.</summary>
    public static string Plain(InferenceRequest request) => Hashes.Sha256(PromptText.Plain(request));

    /// <summary>UTF-8 bytes of what was asked: the contents of the messages, the inputs, the ciphertext, or the prompt.</summary>
    public static long PromptBytes(InferenceRequest request) => request.Messages is { } messages
        ? messages.Sum(message => (long)Encoding.UTF8.GetByteCount(message.Content))
        : Encoding.UTF8.GetByteCount(PromptText.Of(request));

    /// <summary>The same as a peer counts that knows only <c>prompt</c>.</summary>
    public static long PlainBytes(InferenceRequest request) => Encoding.UTF8.GetByteCount(PromptText.Plain(request));

    internal static bool TryReadSalt(string? text, out byte[] salt)
    {
        salt = new byte[SaltBytes];
        return text is { Length: 44 } && Convert.TryFromBase64String(text, salt, out var written) && written == SaltBytes;
    }

    /// <summary>Tools, a response format or inputs are hashed beside the messages; without them it is as it was before there were any.</summary>
    private static byte[] Prompt(InferenceRequest request) =>
        request is not { Inputs: null, Tools: null, ToolChoice: null, ResponseFormat: null } ? CanonicalJson.Of(JsonSerializer.SerializeToUtf8Bytes(Parts(request), ProtocolJson.Default.PromptParts))!
        : request.Messages is null ? Encoding.UTF8.GetBytes(PromptText.Of(request))
        : CanonicalJson.Of(JsonSerializer.SerializeToUtf8Bytes([.. request.Messages], ProtocolJson.Default.ChatMessageArray))!;

    private static PromptParts Parts(InferenceRequest request) => new()
    {
        Prompt = request.Messages is null && request.Inputs is null ? PromptText.Of(request) : null,
        Messages = request.Messages,
        Inputs = request.Inputs,
        Tools = request.Tools,
        ToolChoice = request.ToolChoice,
        ResponseFormat = request.ResponseFormat,
    };
}
