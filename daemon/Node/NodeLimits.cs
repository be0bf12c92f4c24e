namespace FedAi.Daemon.Node;

/// <summary>The most one request may ask of this node: requests at once, answer tokens, prompt bytes, time.</summary>
internal sealed record NodeLimits(int MaxConcurrency, int MaxTokens, int MaxPromptBytes, TimeSpan MaxRuntime);
