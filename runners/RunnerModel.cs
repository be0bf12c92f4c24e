namespace FedAi.Runners;

/// <summary>A model that can be asked: its context in tokens for one request, and the SHA-256 of its file (hex) where there is one.</summary>
public sealed record RunnerModel(string Id, int ContextTokens, string? Sha256);
