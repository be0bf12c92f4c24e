using FedAi.Protocol.Messages;

namespace FedAi.Runners;

/// <summary>
/// Text as it is made: whole characters only, from one or more tokens. Tool calls come in pieces too: the first of a call has
/// its id and name, and all pieces together are the calls (<see cref="Protocol.Rules.ToolCalls.Join"/>).
/// </summary>
public sealed record InferenceDelta(string Text, int Tokens, IReadOnlyList<ToolCallDelta>? ToolCalls = null) : InferenceEvent;
