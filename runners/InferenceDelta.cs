using FedAi.Protocol.Messages;

namespace FedAi.Runners;

/// <summary>
/// Text as it is made: whole characters only, from one or more tokens. Tool calls come in pieces too: the first of a call has
/// its id and name, and all pieces together are the calls (<see cref="Protocol.Rules.ToolCalls.Join"/>).
/// </summary>
public sealed record InferenceDelta(string Text, int Tokens, IReadOnlyList<ToolCallDelta>? ToolCalls = null) : InferenceEvent
{
    /// <summary>Says only that somebody is at work: an answer has not begun by it (DECISIONS E16b).</summary>
    public static InferenceDelta SignOfLife { get; } = new("", Tokens: 0);

    /// <summary>Whether it is nothing but that.</summary>
    public bool IsSignOfLife => Text.Length == 0 && Tokens == 0 && ToolCalls is null;
}
