using System.Globalization;
using System.Text;

namespace FedAi.Runners.Templates;

/// <summary>The functions that transformers gives to every template.</summary>
internal static class TemplateFunctions
{
    private const int LongestRange = 100_000;

    public static void AddTo(Scope scope, DateTimeOffset now, TemplateBudget budget)
    {
        scope["namespace"] = (TemplateFunction)NewNamespace;
        scope["dict"] = (TemplateFunction)NewMap;
        scope["range"] = (TemplateFunction)(given => Range(given, budget));
        scope["raise_exception"] = (TemplateFunction)(given => throw new TemplateException(Values.Text(given.Need("message")), raised: true));
        scope["strftime_now"] = (TemplateFunction)(given => Format(now, given.NeedText("format")));
    }

    private static Namespace NewNamespace(GivenValues given)
    {
        var made = new Namespace();
        if (given.Take("", null) is OrderedDictionary<string, object?> map) foreach (var (name, value) in map) made.Members[name] = value;
        foreach (var (name, value) in given.ByName) made.Members[name] = value;
        return made;
    }

    private static OrderedDictionary<string, object?> NewMap(GivenValues given)
    {
        if (given.HasPlace) throw new TemplateException("dict of something is not supported");
        return new(given.ByName.Select(member => KeyValuePair.Create(member.Key, member.Value)));
    }

    private static List<object?> Range(GivenValues given, TemplateBudget budget)
    {
        var first = given.TakeNumber("start") ?? 0;
        var (from, to) = given.HasPlace ? (first, given.TakeNumber("stop") ?? 0) : (0, first);
        var step = given.TakeNumber("step") ?? 1;
        given.End();
        var list = new List<object?>();
        for (long i = from; step > 0 ? i < to : step < 0 && i > to; i += step)
        {
            budget.Step();
            if (list.Count >= LongestRange) throw new TemplateException("a range is too long");
            list.Add(i);
        }
        return list;
    }

    private static string Format(DateTimeOffset now, string format)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            text.Append(format[++i] switch
            {
                'd' => Part(now, "dd"),
                'm' => Part(now, "MM"),
                'Y' => Part(now, "yyyy"),
                'y' => Part(now, "yy"),
                'b' => Part(now, "MMM"),
                'B' => Part(now, "MMMM"),
                'a' => Part(now, "ddd"),
                'A' => Part(now, "dddd"),
                'H' => Part(now, "HH"),
                'I' => Part(now, "hh"),
                'M' => Part(now, "mm"),
                'S' => Part(now, "ss"),
                'p' => Part(now, "tt"),
                'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
                '%' => "%",
                _ => throw new TemplateException("this date format is not supported"),
            });
        }
        return text.ToString();
    }

    private static string Part(DateTimeOffset now, string format) => now.ToString(format, CultureInfo.InvariantCulture);
}
