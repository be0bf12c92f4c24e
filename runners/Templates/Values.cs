using System.Globalization;
using System.Text;

namespace FedAi.Runners.Templates;

/// <summary>
/// Pure: values as Python has them. A value is null (none), <see cref="Undefined"/>, bool, long, double, string, a list, a map
/// with text keys in order, <see cref="Namespace"/>, <see cref="LoopState"/> or <see cref="TemplateFunction"/>.
/// </summary>
internal static class Values
{
    private const int MostNesting = 100, MostSingleCharacters = 65_536;

    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool truth => truth,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        OrderedDictionary<string, object?> map => map.Count > 0,
        _ => true,
    };

    public static bool AreEqual(object? left, object? right, TemplateBudget budget, int nesting = 0)
    {
        budget.Step();
        if (nesting > MostNesting) throw new TemplateException("values nest too deep");
        if (AsNumber(left) is { } one && AsNumber(right) is { } other) return one.Equals(other);
        return (left, right) switch
        {
            (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
            (IReadOnlyList<object?> a, IReadOnlyList<object?> b) => a.Count == b.Count && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second, budget, nesting + 1)),
            (OrderedDictionary<string, object?> a, OrderedDictionary<string, object?> b) =>
                a.Count == b.Count && a.All(member => b.TryGetValue(member.Key, out var value) && AreEqual(member.Value, value, budget, nesting + 1)),
            _ => ReferenceEquals(left, right),
        };
    }

    /// <summary>Numbers and truth values, which Python counts as 1 and 0.</summary>
    public static double? AsNumber(object? value) => value switch
    {
        long number => number,
        double number => number,
        bool truth => truth ? 1 : 0,
        _ => null,
    };

    /// <summary>What is printed. Lists and maps would be Python code, which no template means: those need tojson.</summary>
    public static string Text(object? value) => value switch
    {
        string text => text,
        null => "None",
        Undefined => "",
        bool truth => truth ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => Float(number),
        _ => throw new TemplateException("printing a list or an object without tojson is not supported"),
    };

    /// <summary>A float as Python writes it: shortest, with ".0" when it is whole, with an exponent below 1e-4 and from 1e16 on.</summary>
    public static string Float(double number)
    {
        if (!double.IsFinite(number)) throw new TemplateException("a number is infinite");
        var text = number.ToString("E16", CultureInfo.InvariantCulture);
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        var exponent = number == 0 ? 0 : int.Parse(text.AsSpan(text.IndexOf('E') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = new string([.. shortest.TakeWhile(character => character != 'E').Where(char.IsAsciiDigit)]).TrimStart('0').TrimEnd('0');
        var sign = shortest.StartsWith('-') ? "-" : "";
        if (digits.Length == 0) return $"{sign}0.0";
        if (exponent is < -4 or >= 16)
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        var whole = digits.PadRight(exponent + 1, '0');
        return $"{sign}{whole[..(exponent + 1)]}.{(whole.Length > exponent + 1 ? whole[(exponent + 1)..] : "0")}";
    }

    /// <summary>Items to go over; of a text its characters, of a map its keys.</summary>
    public static IReadOnlyList<object?> Items(object? value) => value switch
    {
        IReadOnlyList<object?> list => list,
        OrderedDictionary<string, object?> map => [.. map.Keys],
        string text => [.. Characters(text)],
        Undefined => [],
        _ => throw new TemplateException("this value has no items"),
    };

    /// <summary>Python counts characters, not halves of them.</summary>
    public static IReadOnlyList<string> Characters(string text) => text.Length <= MostSingleCharacters
        ? [.. text.EnumerateRunes().Select(rune => rune.ToString())]
        : throw new TemplateException("a long text cannot be taken apart");

    public static long Length(object? value) => value switch
    {
        string text => IsPlain(text) ? text.Length : text.EnumerateRunes().Count(),
        IReadOnlyList<object?> list => list.Count,
        OrderedDictionary<string, object?> map => map.Count,
        Undefined => 0,
        _ => throw new TemplateException("this value has no length"),
    };

    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');

    public static object? Slice(object? of, long? from, long? to, long step)
    {
        if (step == 0) throw new TemplateException("a slice has no step");
        var whole = step == 1 && of is string plain && IsPlain(plain) ? plain : null;
        var items = whole is not null ? [] : of is string text ? Characters(text) : of as IReadOnlyList<object?> ?? throw new TemplateException("only texts and lists have slices");
        var count = whole?.Length ?? items.Count;
        var (least, most) = step > 0 ? (0, (long)count) : (-1, count - 1L);
        long Place(long? wanted, long absent) => wanted is not { } place ? absent : Math.Clamp(place < 0 ? place + count : place, least, most);
        var (first, last) = (Place(from, step > 0 ? least : most), Place(to, step > 0 ? most : least));
        if (whole is not null) return first < last ? whole[(int)first..(int)last] : "";
        var slice = new List<object?>();
        for (var i = first; step > 0 ? i < last : i > last; i += step) slice.Add(items[(int)i]);
        return of is string ? string.Concat(slice) : slice;
    }

    public static string Join(IEnumerable<string> parts, string between, TemplateBudget budget)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            budget.Grow(part.Length + between.Length);
            text.Append(part).Append(between);
        }
        return text.ToString(0, Math.Max(0, text.Length - between.Length));
    }
}
