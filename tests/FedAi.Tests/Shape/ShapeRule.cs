namespace FedAi.Tests.Shape;

/// <summary>A rule of docs/ARCHITECTURE.md. Each violation reads "file: what is wrong".</summary>
internal sealed record ShapeRule(string Name, Func<SourceTree, IEnumerable<string>> Violations)
{
    public static IReadOnlyList<ShapeRule> All { get; } = [.. LayerRules.All, .. TypeRules.All, .. TextRules.All];

    public override string ToString() => Name;
}
