using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>A guess at the number of tokens before a model counts them (WIRE 3.1): a quarter of the UTF-16 length, at least 1 for any text.</summary>
public static class TokenEstimate
{
    public static long Of(string text) => text.Length == 0 ? 0 : Math.Max(1, (text.Length + 3L) / 4);

    /// <summary>The guess for a request: its messages as they would be sent to an older peer, or its prompt.</summary>
    public static long Of(InferenceRequest request) => Of(PromptText.Of(request));
}
