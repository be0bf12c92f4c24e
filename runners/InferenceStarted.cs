namespace FedAi.Runners;

/// <summary>The prompt was accepted and read; its exact length in tokens.</summary>
public sealed record InferenceStarted(int InputTokens) : InferenceEvent;
