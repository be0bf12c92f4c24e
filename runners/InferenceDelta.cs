namespace FedAi.Runners;

/// <summary>Text as it is made: whole characters only, from one or more tokens.</summary>
public sealed record InferenceDelta(string Text, int Tokens) : InferenceEvent;
