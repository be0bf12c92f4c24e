using System.Collections.Frozen;

namespace FedAi.Runners.Templates;

/// <summary>What stands behind "is".</summary>
internal static class Tests
{
    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(
    [
        "defined", "undefined", "none", "boolean", "true", "false", "integer", "float", "number", "string", "mapping", "sequence", "iterable",
        "eq", "equalto", "ne", "lt", "le", "gt", "ge", "in", "even", "odd", "divisibleby",
    ]);

    public static bool IsKnown(string name) => Known.Contains(name);

    public static bool Holds(string name, object? value, GivenValues given, TemplateBudget budget)
    {
        var holds = name switch
        {
            "defined" => value is not Undefined,
            "undefined" => value is Undefined,
            "none" => value is null,
            "boolean" => value is bool,
            "true" => value is true,
            "false" => value is false,
            "integer" => value is long,
            "float" => value is double,
            "number" => value is long or double or bool,
            "string" => value is string,
            "mapping" => value is OrderedDictionary<string, object?>,
            "sequence" or "iterable" => value is string or IReadOnlyList<object?> or OrderedDictionary<string, object?> || (value is Undefined && name == "iterable"),
            "eq" or "equalto" => Values.AreEqual(value, given.Need("other"), budget),
            "ne" => !Values.AreEqual(value, given.Need("other"), budget),
            "lt" => Operators.Compare(value, given.Need("other")) < 0,
            "le" => Operators.Compare(value, given.Need("other")) <= 0,
            "gt" => Operators.Compare(value, given.Need("other")) > 0,
            "ge" => Operators.Compare(value, given.Need("other")) >= 0,
            "in" => Operators.IsIn(value, given.Need("seq"), budget),
            "even" => Rest(value, 2L) is 0L,
            "odd" => Rest(value, 2L) is 1L,
            _ => Rest(value, given.Need("num")) is 0L,
        };
        given.End();
        return holds;
    }

    private static object? Rest(object? value, object? divisor) => Operators.Apply("%", value, divisor, new());
}
