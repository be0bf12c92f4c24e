using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>Chat messages as one text, for peers that know only <c>prompt</c> (DECISIONS E2).</summary>
public static class PromptText
{
    /// <summary>One <c>role: text</c> line per message.</summary>
    public static string FromMessages(IReadOnlyList<ChatMessage> messages) =>
        string.Join('\n', messages.Select(message => $"{message.Role}: {message.Content}"));

    /// <summary>
    /// The prompt as a peer that knows no messages sees it. Messages may travel with an empty prompt; a hash of nothing would
    /// prove nothing, so their lines stand in for it.
    /// </summary>
    public static string Plain(InferenceRequest request) => request.Prompt.Length > 0 ? request.Prompt : Of(request);

    /// <summary>What the request asks: its messages where it has them, the texts to embed one a line, its ciphertext where it is sealed, else its prompt.</summary>
    public static string Of(InferenceRequest request) =>
        request.Messages is { } messages ? FromMessages(messages)
        : request.Inputs is { } inputs ? string.Join('\n', inputs)
        : request.Sealed is { } box ? box.Ct
        : request.Prompt;
}
