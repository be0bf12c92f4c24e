namespace FedAi.Daemon.Capability;

/// <summary>Limits and price to begin with: requests at once, bytes of a request, tokens of an answer, msat per token; of a model also the tokens of prompt and answer together.</summary>
internal sealed record NodeDefaults(int MaxConcurrency, int MaxPayloadBytes, int MaxTokens, long InputMsat, long OutputMsat, int? ContextTokens = null);
