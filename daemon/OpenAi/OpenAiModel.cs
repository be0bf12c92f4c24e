using FedAi.Protocol.Rules;

namespace FedAi.Daemon.OpenAi;

/// <summary>A model that can be asked at /v1: how many tokens prompt and answer may have together, and the answer alone. 0 means that nobody said.</summary>
internal sealed record OpenAiModel(string Id, int ContextWindow, int MaxTokens)
{
    /// <summary>What it can do beyond text somewhere (<see cref="ModelFeatures"/>).</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Whether it writes text: who is good for embeddings only says nothing else.</summary>
    public bool Generates => Features is not [ModelFeatures.Embeddings];

    /// <summary>There are three features; peers may know more by then, but not any number.</summary>
    private const int MaxFeatures = 16;

    /// <summary>What several peers say of one model, each once.</summary>
    public static IReadOnlyList<string> Union(IEnumerable<string> features) => features.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MaxFeatures).ToArray();
}
