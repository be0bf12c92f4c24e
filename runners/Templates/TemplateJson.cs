using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FedAi.Runners.Templates;

/// <summary>JSON as Python's json module writes it for transformers: characters as they are, ", " and ": " between.</summary>
internal static class TemplateJson
{
    private const int MostNesting = 100;

    /// <summary>A value of a template from JSON; numbers that would not come out as they went in are refused.</summary>
    public static object? Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => ReadMap(json),
        JsonValueKind.Array => json.EnumerateArray().Select(Read).ToList(),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => ReadNumber(json),
        _ => null,
    };

    public static string Write(object? value, int? indent, TemplateBudget budget)
    {
        var text = new StringBuilder();
        Write(text, value, indent, 0, budget);
        budget.Grow(text.Length);
        return text.ToString();
    }

    private static OrderedDictionary<string, object?> ReadMap(JsonElement json)
    {
        var map = new OrderedDictionary<string, object?>();
        foreach (var member in json.EnumerateObject()) map[member.Name] = Read(member.Value);
        return map;
    }

    private static object ReadNumber(JsonElement json)
    {
        if (json.TryGetInt64(out var whole) && !json.GetRawText().AsSpan().ContainsAny('.', 'e', 'E')) return whole;
        return json.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') && json.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw new TemplateException("a number has too many digits");
    }

    private static void Write(StringBuilder text, object? value, int? indent, int level, TemplateBudget budget)
    {
        budget.Step();
        if (level > MostNesting) throw new TemplateException("values nest too deep");
        switch (value)
        {
            case null:
                text.Append("null");
                return;
            case bool truth:
                text.Append(truth ? "true" : "false");
                return;
            case long or double:
                text.Append(Values.Text(value));
                return;
            case string characters:
                WriteText(text, characters);
                return;
            case IReadOnlyList<object?> list:
                WriteItems(text, '[', ']', list, indent, level, item => Write(text, item, indent, level + 1, budget));
                return;
            case OrderedDictionary<string, object?> map:
                WriteItems(text, '{', '}', map, indent, level, member =>
                {
                    WriteText(text, member.Key);
                    text.Append(": ");
                    Write(text, member.Value, indent, level + 1, budget);
                });
                return;
            default:
                throw new TemplateException("this value has no JSON");
        }
    }

    private static void WriteItems<T>(StringBuilder text, char open, char close, IReadOnlyCollection<T> items, int? indent, int level, Action<T> write)
    {
        text.Append(open);
        var first = true;
        foreach (var item in items)
        {
            if (!first) text.Append(indent is null ? ", " : ",");
            if (indent is { } spaces) text.Append('\n').Append(' ', spaces * (level + 1));
            first = false;
            write(item);
        }
        if (indent is { } width && !first) text.Append('\n').Append(' ', width * level);
        text.Append(close);
    }

    private static void WriteText(StringBuilder text, string characters)
    {
        text.Append('"');
        foreach (var character in characters)
            _ = character switch
            {
                '"' or '\\' => text.Append('\\').Append(character),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => text.Append(character),
            };
        text.Append('"');
    }
}
