namespace FedAi.Runners.Templates;

/// <summary>Members that a template may set from inside a loop.</summary>
internal sealed class Namespace
{
    public Dictionary<string, object?> Members { get; } = [];
}
