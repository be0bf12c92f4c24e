namespace FedAi.Runners.Templates;

/// <summary>Pure: what operators make of values.</summary>
internal static class Operators
{
    public static object? Apply(string name, object? left, object? right, TemplateBudget budget) => name switch
    {
        "==" => Values.AreEqual(left, right, budget),
        "!=" => !Values.AreEqual(left, right, budget),
        "<" => Compare(left, right) < 0,
        "<=" => Compare(left, right) <= 0,
        ">" => Compare(left, right) > 0,
        ">=" => Compare(left, right) >= 0,
        "in" => IsIn(left, right, budget),
        "not in" => !IsIn(left, right, budget),
        "~" => Concatenate(Values.Text(left), Values.Text(right), budget),
        "+" when left is string first && right is string second => Concatenate(first, second, budget),
        "+" when left is IReadOnlyList<object?> first && right is IReadOnlyList<object?> second => Concatenate(first, second, budget),
        "*" when left is string text && right is long count => Repeat(text, count, budget),
        _ => Calculate(name, left, right),
    };

    public static int Compare(object? left, object? right) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        _ when Values.AsNumber(left) is { } one && Values.AsNumber(right) is { } other => one.CompareTo(other),
        _ => throw new TemplateException("these values have no order"),
    };

    public static bool IsIn(object? item, object? all, TemplateBudget budget)
    {
        switch (all)
        {
            case string text when item is string part:
                budget.Step(1 + (text.Length >> 6));
                return text.Contains(part, StringComparison.Ordinal);
            case IReadOnlyList<object?> list:
                return list.Any(one => Values.AreEqual(one, item, budget));
            case OrderedDictionary<string, object?> map:
                return item is string key && map.ContainsKey(key);
            case Undefined:
                return false;
            default:
                throw new TemplateException("this value holds no others");
        }
    }

    private static string Concatenate(string left, string right, TemplateBudget budget)
    {
        budget.Grow(left.Length + (long)right.Length);
        return left + right;
    }

    private static List<object?> Concatenate(IReadOnlyList<object?> left, IReadOnlyList<object?> right, TemplateBudget budget)
    {
        budget.Step(left.Count + right.Count);
        return [.. left, .. right];
    }

    private static string Repeat(string text, long count, TemplateBudget budget)
    {
        if (count <= 0 || text.Length == 0) return "";
        budget.Grow(count > int.MaxValue ? long.MaxValue / 2 : text.Length * count);
        return string.Concat(Enumerable.Repeat(text, (int)count));
    }

    private static object Calculate(string name, object? left, object? right)
    {
        if (Values.AsNumber(left) is not { } one || Values.AsNumber(right) is not { } other) throw new TemplateException($"\"{name}\" between these values is not supported");
        if (name is "/" or "//" or "%" && other == 0) throw new TemplateException("division by zero");
        if (name == "/") return one / other;
        if (left is double || right is double)
            return name switch
            {
                "+" => one + other,
                "-" => one - other,
                "*" => one * other,
                "//" => Math.Floor(one / other),
                _ => one - (Math.Floor(one / other) * other),
            };
        var (a, b) = ((Int128)one, (Int128)other);
        if (left is long first) a = first;
        if (right is long second) b = second;
        var (quotient, rest) = b == 0 ? (0, 0) : Int128.DivRem(a, b);
        if (rest != 0 && (rest < 0) != (b < 0)) (quotient, rest) = (quotient - 1, rest + b); // Python rounds down
        var result = name switch { "+" => a + b, "-" => a - b, "*" => a * b, "//" => quotient, _ => rest };
        return result >= long.MinValue && result <= long.MaxValue ? (long)result : throw new TemplateException("a number is too large");
    }
}
