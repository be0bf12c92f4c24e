using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Gateway;

/// <summary>What a router's quote said of the node that it names: the most tokens of an answer, and of prompt and answer together; null where it said nothing. And for how long an answer it was asked. Pure.</summary>
internal sealed record SealedLimits(double? MaxTokens, double? ContextWindow, double AskedTokens)
{
    /// <summary>How many tokens to ask of the node, for <c>max_tokens</c> is a ceiling (DECISIONS E2). A prompt that leaves no room is not changed: the refusal says so.</summary>
    public double Fit(InferenceRequest request)
    {
        if (request.Inputs is not null) return request.MaxTokens;
        // Whole tokens, whatever the router says: a node refuses parts of one as the client's mistake.
        var most = Math.Floor(Math.Min(MaxTokens ?? double.MaxValue, (ContextWindow ?? double.MaxValue) - TokenEstimate.Of(request)));
        return most >= 1 ? Math.Min(request.MaxTokens, most) : request.MaxTokens;
    }

    /// <summary>Whether another quote could find no better node for this request: it fits whole, or is as long as the one that was asked for.</summary>
    public bool Suit(InferenceRequest request) => Fit(request) >= request.MaxTokens || request.MaxTokens == AskedTokens;
}
