using System.Collections.Frozen;
using System.Globalization;

namespace FedAi.Runners.Templates;

/// <summary>What stands behind "|".</summary>
internal static class Filters
{
    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(
    [
        "abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "indent", "int", "items", "join", "last", "length", "list", "lower", "map",
        "reject", "rejectattr", "replace", "reverse", "safe", "select", "selectattr", "sort", "string", "title", "tojson", "trim", "unique", "upper",
    ]);

    public static bool IsKnown(string name) => Known.Contains(name);

    public static object? Apply(string name, object? value, GivenValues given, TemplateBudget budget)
    {
        if (value is string text) budget.Grow(text.Length);
        else if (value is IReadOnlyList<object?> list) budget.Step(list.Count);
        var result = name switch
        {
            "tojson" => ToJson(value, given, budget),
            "trim" => TextMethods.Apply("strip", Text(value), given, budget),
            "lower" or "upper" or "title" or "capitalize" or "replace" => TextMethods.Apply(name, Text(value), given, budget),
            "length" or "count" => Values.Length(value),
            "default" or "d" => Default(value, given),
            "string" => Values.Text(value),
            "safe" => value,
            "int" => ToInteger(value, given),
            "float" => ToFloat(value, given),
            "abs" => Absolute(value),
            "join" => Join(value, given, budget),
            "map" => Map(value, given, budget),
            "select" or "reject" => Select(value, given, name == "select", byAttribute: false, budget),
            "selectattr" or "rejectattr" => Select(value, given, name == "selectattr", byAttribute: true, budget),
            "items" => Pairs(value),
            "dictsort" => Pairs(value).OrderBy(pair => ((List<object?>)pair!)[0] as string, StringComparer.OrdinalIgnoreCase).ToList(),
            "first" => Values.Items(value) is [var item, ..] ? item : Undefined.Value,
            "last" => Values.Items(value) is [.., var item] ? item : Undefined.Value,
            "list" => Values.Items(value).ToList(),
            "reverse" => Values.Slice(value is string or IReadOnlyList<object?> ? value : Values.Items(value), null, null, -1),
            "sort" => Sort(value, given),
            "unique" => Unique(value, budget),
            _ => Indent(Text(value), given, budget),
        };
        given.End();
        return result;
    }

    private static string Text(object? value) => Values.Text(value);

    private static string ToJson(object? value, GivenValues given, TemplateBudget budget)
    {
        var indent = given.TakeNumber("indent");
        if (indent is < 0 or > 16) throw new TemplateException("this indent is not supported");
        if (given.ByName.Remove("ensure_ascii", out var escaped) && Values.IsTrue(escaped)) throw new TemplateException("tojson with ensure_ascii is not supported");
        return TemplateJson.Write(value, indent, budget);
    }

    private static object? Default(object? value, GivenValues given)
    {
        var instead = given.Take("default_value", "");
        var alsoEmpty = Values.IsTrue(given.Take("boolean", false));
        return value is Undefined || (alsoEmpty && !Values.IsTrue(value)) ? instead : value;
    }

    private static object? ToInteger(object? value, GivenValues given)
    {
        var otherwise = given.Take("default", 0L);
        return value switch
        {
            string text => long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
                : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && Math.Abs(real) < 1e15 ? (long)real : otherwise,
            double number when Math.Abs(number) < 1e15 => (long)number,
            _ => Values.AsNumber(value) is { } known ? (long)known : otherwise,
        };
    }

    private static object? ToFloat(object? value, GivenValues given)
    {
        var otherwise = given.Take("default", 0.0);
        return value is string text ? double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : otherwise : Values.AsNumber(value) ?? otherwise;
    }

    private static object Absolute(object? value) => value switch
    {
        long number => (object)Math.Abs(number),
        double number => Math.Abs(number),
        _ => throw new TemplateException("this value has no amount"),
    };

    private static string Join(object? value, GivenValues given, TemplateBudget budget)
    {
        var between = given.Take("d", "") as string ?? throw new TemplateException("join takes a text");
        var attribute = given.Take("attribute") as string;
        return Values.Join(Values.Items(value).Select(item => Values.Text(attribute is null ? item : Attribute(item, attribute))), between, budget);
    }

    private static List<object?> Map(object? value, GivenValues given, TemplateBudget budget)
    {
        var items = Values.Items(value);
        if (given.ByName.Remove("attribute", out var attribute))
        {
            var absent = given.ByName.Remove("default", out var other) ? other : Undefined.Value;
            return [.. items.Select(item => Attribute(item, attribute as string ?? throw new TemplateException("map takes a name")) is var found and not Undefined ? found : absent)];
        }
        var filter = given.NeedText("filter");
        if (!IsKnown(filter)) throw new TemplateException($"the filter \"{filter}\" is not supported");
        if (given.HasPlace || given.ByName.Count > 0) throw new TemplateException("map with a filter that takes values is not supported");
        return [.. items.Select(item => Apply(filter, item, new([], []), budget))];
    }

    private static List<object?> Select(object? value, GivenValues given, bool wanted, bool byAttribute, TemplateBudget budget)
    {
        var attribute = byAttribute ? given.NeedText("attribute") : null;
        var test = given.HasPlace ? given.NeedText("test") : null;
        if (test is not null && !Tests.IsKnown(test)) throw new TemplateException($"the test \"{test}\" is not supported");
        object?[] other = given.HasPlace ? [given.Take("other")] : [];
        bool Holds(object? item)
        {
            budget.Step();
            var tested = attribute is null ? item : Attribute(item, attribute);
            return test is null ? Values.IsTrue(tested) : Tests.Holds(test, tested, new(other, []), budget);
        }
        return [.. Values.Items(value).Where(item => Holds(item) == wanted)];
    }

    private static object? Attribute(object? item, string path)
    {
        foreach (var name in path.Split('.')) item = item is OrderedDictionary<string, object?> map ? map.TryGetValue(name, out var found) ? found : Undefined.Value : Undefined.Value;
        return item;
    }

    private static List<object?> Pairs(object? value) => value switch
    {
        OrderedDictionary<string, object?> map => [.. map.Select(member => (object?)new List<object?> { member.Key, member.Value })],
        Undefined => [],
        _ => throw new TemplateException("only objects have members"),
    };

    private static List<object?> Sort(object? value, GivenValues given)
    {
        var backwards = Values.IsTrue(given.Take("reverse", false));
        var order = Comparer<object?>.Create((left, right) => left is string a && right is string b ? string.CompareOrdinal(a.ToLowerInvariant(), b.ToLowerInvariant()) : Operators.Compare(left, right));
        return backwards ? [.. Values.Items(value).OrderDescending(order)] : [.. Values.Items(value).Order(order)];
    }

    private static List<object?> Unique(object? value, TemplateBudget budget)
    {
        var unique = new List<object?>();
        foreach (var item in Values.Items(value)) if (!unique.Exists(other => Values.AreEqual(other, item, budget))) unique.Add(item);
        return unique;
    }

    private static string Indent(string text, GivenValues given, TemplateBudget budget)
    {
        var width = given.Take("width", 4L) switch { long number and >= 0 and <= 100 => new string(' ', (int)number), string spaces => spaces, _ => throw new TemplateException("this indent is not supported") };
        var (first, blank) = (Values.IsTrue(given.Take("first", false)), Values.IsTrue(given.Take("blank", false)));
        return Values.Join(text.Split('\n').Select((line, index) => (index == 0 && !first) || (index > 0 && line.Length == 0 && !blank) ? line : width + line), "\n", budget);
    }
}
