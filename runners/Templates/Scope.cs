namespace FedAi.Runners.Templates;

/// <summary>Names and their values; a loop's body and a macro have a scope of their own.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, object?> values = [];

    public object? this[string name]
    {
        get
        {
            for (var scope = this; scope is not null; scope = scope.Outer)
                if (scope.values.TryGetValue(name, out var value)) return value;
            return Undefined.Value;
        }
        set => values[name] = value;
    }

    private Scope? Outer { get; } = outer;
}
