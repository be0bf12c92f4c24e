namespace FedAi.Runners.Templates;

/// <summary>What can be called on a text.</summary>
internal static class TextMethods
{
    public static object? Apply(string name, string text, GivenValues given, TemplateBudget budget)
    {
        budget.Grow(text.Length);
        object? result = name switch
        {
            "strip" => Strip(text, given, true, true),
            "lstrip" => Strip(text, given, true, false),
            "rstrip" => Strip(text, given, false, true),
            "upper" => text.ToUpperInvariant(),
            "lower" => text.ToLowerInvariant(),
            "capitalize" => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant(),
            "title" => Title(text),
            "startswith" => AnyOf(given, part => text.StartsWith(part, StringComparison.Ordinal)),
            "endswith" => AnyOf(given, part => text.EndsWith(part, StringComparison.Ordinal)),
            "replace" => Replace(text, given, budget),
            "split" => Split(text, given, budget),
            "join" => Values.Join(Values.Items(given.Need("parts")).Select(part => part as string ?? throw new TemplateException("join takes texts")), text, budget),
            "find" => (long)text.IndexOf(given.NeedText("part"), StringComparison.Ordinal),
            "count" => Count(text, given.NeedText("part")),
            "isdigit" => text.Length > 0 && text.All(char.IsAsciiDigit),
            _ => throw new TemplateException($"the method \"{name}\" of texts is not supported"),
        };
        given.End();
        return result;
    }

    private static string Strip(string text, GivenValues given, bool start, bool end)
    {
        var characters = given.Take("chars") switch
        {
            null => null,
            string set => set.ToCharArray(),
            _ => throw new TemplateException("strip takes a text"),
        };
        if (characters is { Length: 0 }) return text;
        if (start) text = text.TrimStart(characters);
        return end ? text.TrimEnd(characters) : text;
    }

    private static string Title(string text)
    {
        var inWord = false;
        return string.Create(text.Length, text, (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = inWord ? char.ToLowerInvariant(source[i]) : char.ToUpperInvariant(source[i]);
                inWord = char.IsLetter(source[i]);
            }
        });
    }

    private static bool AnyOf(GivenValues given, Func<string, bool> holds) => given.Need("part") switch
    {
        string part => holds(part),
        IReadOnlyList<object?> parts => parts.Any(part => part is string one && holds(one)),
        _ => throw new TemplateException("a text is needed"),
    };

    private static string Replace(string text, GivenValues given, TemplateBudget budget)
    {
        var (old, with, count) = (given.NeedText("old"), given.NeedText("new"), given.TakeNumber("count"));
        if (count is not null || old.Length == 0) throw new TemplateException("replacing some only, or nothing, is not supported");
        budget.Grow(Count(text, old) * with.Length);
        return text.Replace(old, with, StringComparison.Ordinal);
    }

    private static List<object?> Split(string text, GivenValues given, TemplateBudget budget)
    {
        var separator = given.Take("sep");
        var most = given.TakeNumber("maxsplit") is { } limit and >= 0 ? limit + 1 : int.MaxValue;
        var parts = separator switch
        {
            null when most == int.MaxValue => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
            string { Length: > 0 } between => text.Split(between, most),
            _ => throw new TemplateException("splitting this way is not supported"),
        };
        budget.Step(parts.Length);
        return [.. parts];
    }

    private static long Count(string text, string part)
    {
        if (part.Length == 0) throw new TemplateException("counting nothing is not supported");
        var count = 0L;
        for (var at = 0; (at = text.IndexOf(part, at, StringComparison.Ordinal)) >= 0; at += part.Length) count++;
        return count;
    }
}
