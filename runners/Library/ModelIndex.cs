namespace FedAi.Runners.Library;

/// <summary>The file <c>models/index.json</c>: what was added.</summary>
internal sealed record ModelIndex
{
    public IReadOnlyList<ModelEntry> Models { get; init; } = [];
}
