namespace FedAi.Daemon.OpenAi;

/// <summary>A model that can be asked at /v1: how many tokens prompt and answer may have together, and the answer alone. 0 means that nobody said.</summary>
internal sealed record OpenAiModel(string Id, int ContextWindow, int MaxTokens);
