using System.Text.Json;

namespace FedAi.Runners.Grammars;

/// <summary>Strings of a schema: by length, by pattern, or by one of the formats that a grammar can write.</summary>
internal sealed class TextGrammar(GrammarRules rules, JsonPieces json)
{
    private const string Date = "[0-9]{4} \"-\" (\"0\" [1-9] | \"1\" [0-2]) \"-\" (\"0\" [1-9] | \"1\" [0-9] | \"2\" [0-8])";
    private const string Time = "([01] [0-9] | \"2\" [0-3]) \":\" [0-5] [0-9] \":\" [0-5] [0-9] \"Z\"";
    private const string Octet = "([1-9]? [0-9] | \"1\" [0-9] [0-9])";

    public GrammarPiece Text(JsonElement schema, string place)
    {
        var (least, most) = (Length(schema, "minLength", place) ?? 0, Length(schema, "maxLength", place));
        if (most < least) throw new GrammarException($"{place}/maxLength", "it is below minLength");
        if (schema.TryGetProperty("pattern", out var pattern))
        {
            if (pattern.ValueKind != JsonValueKind.String) throw new GrammarException($"{place}/pattern", "it must be a string");
            var body = new PatternGrammar(pattern.GetString()!, $"{place}/pattern", rules, json).Write(out var shortest, out var longest);
            if (shortest < least || longest > (most ?? int.MaxValue)) throw new GrammarException($"{place}/pattern", "it allows other lengths than minLength and maxLength do");
            return Quoted(body, shortest, place);
        }
        var known = schema.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.String ? Format(format.GetString()!) : null;
        if (known is not { } form) return json.Text(least, most, place);
        if (form.Length < least || form.Length > (most ?? int.MaxValue)) throw new GrammarException($"{place}/format", "it has other lengths than minLength and maxLength allow");
        return Quoted(form.Body, form.Length, place);
    }

    /// <summary>Dates end with the 28th, so that each exists; other formats only describe, as the standard allows.</summary>
    private static (string Body, int Length)? Format(string name) => name switch
    {
        "date" => (Date, 10),
        "time" => (Time, 9),
        "date-time" => ($"{Date} \"T\" {Time}", 20),
        "uuid" => ("[0-9a-f]{8} \"-\" [0-9a-f]{4} \"-\" [1-8] [0-9a-f]{3} \"-\" [89ab] [0-9a-f]{3} \"-\" [0-9a-f]{12}", 36),
        "ipv4" => ($"{Octet} \".\" {Octet} \".\" {Octet} \".\" {Octet}", 7),
        "email" => ("[a-z] [a-z0-9._]{0,30} [a-z0-9] \"@\" [a-z] [a-z0-9]{0,30} (\".\" [a-z] [a-z0-9]{0,20}){0,2} \".\" [a-z]{2,10}", 7),
        "uri" => ("\"https://\" [a-z] [a-z0-9]{0,30} (\".\" [a-z] [a-z0-9]{0,20}){0,3} (\"/\" [A-Za-z0-9_.-]{0,60}){0,8}", 9),
        _ => null,
    };

    private GrammarPiece Quoted(string body, int shortest, string place) => new(rules.Add($"\"\\\"\" {rules.Add(body, place)} \"\\\"\"", place), shortest + 2, 4);

    private static int? Length(JsonElement schema, string name, string place)
    {
        if (!schema.TryGetProperty(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= 0 && number == Math.Floor(number)
            ? (int)Math.Min(number, int.MaxValue)
            : throw new GrammarException($"{place}/{name}", "it must be a whole number from 0");
    }
}
