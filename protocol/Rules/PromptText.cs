using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>Chat messages as one text, for peers that know only <c>prompt</c> (DECISIONS E2).</summary>
public static class PromptText
{
    /// <summary>One <c>role: text</c> line per message.</summary>
    public static string FromMessages(IReadOnlyList<ChatMessage> messages) =>
        string.Join('\n', messages.Select(message => $"{message.Role}: {message.Content}"));

    /// <summary>What the request asks: its messages where it has them, else its prompt.</summary>
    public static string Of(InferenceRequest request) => request.Messages is { } messages ? FromMessages(messages) : request.Prompt;
}
