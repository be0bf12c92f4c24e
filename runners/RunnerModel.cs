using FedAi.Protocol.Rules;

namespace FedAi.Runners;

/// <summary>A model that can be asked: its context in tokens for one request, and the SHA-256 of its file (hex) where there is one.</summary>
public sealed record RunnerModel(string Id, int ContextTokens, string? Sha256)
{
    /// <summary>What it can do beyond writing text: names of <see cref="ModelFeatures"/>. What is not here is never asked of it.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Whether it writes text; a model that is only good for embeddings does not.</summary>
    public bool Generates { get; init; } = true;
}
