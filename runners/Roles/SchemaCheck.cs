using System.Text.Json;
using System.Text.Json.Nodes;

namespace FedAi.Runners.Roles;

/// <summary>
/// Checks a value against a JSON Schema (draft 2020-12, without references and without regular expressions, which a stranger could
/// make endless). A keyword that is not checked is refused before, never skipped in silence. Steps and errors are bounded.
/// </summary>
internal sealed class SchemaCheck(CancellationToken cancellationToken)
{
    private const int MaxErrors = 20;

    /// <summary>A tenth of a second or so.</summary>
    private const int MaxSteps = 500_000;

    private int steps;

    /// <summary>What does not fit, each with the place in the value, as a JSON pointer.</summary>
    public JsonArray Errors { get; } = [];

    /// <summary>Whether it gave up.</summary>
    public bool IsExhausted => steps > MaxSteps;

    /// <summary>Why this schema cannot be checked here; null when it can.</summary>
    public static string? Unfit(JsonElement schema) => SchemaRules.Unfit(schema);

    public void Check(JsonElement value, JsonElement schema) => Fits(value, schema, "", tell: true);

    private bool Fits(JsonElement value, JsonElement schema, string at, bool tell)
    {
        if (++steps > MaxSteps) return true;
        cancellationToken.ThrowIfCancellationRequested();
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return schema.ValueKind == JsonValueKind.True || Wrong(at, "is not allowed here", tell);

        var fits = true;
        foreach (var keyword in schema.EnumerateObject())
            fits &= keyword.Name switch
            {
                "allOf" => All(keyword.Value, part => Fits(value, part, at, tell)),
                "anyOf" => Count(value, keyword.Value, at) > 0 || Wrong(at, "fits none of anyOf", tell),
                "oneOf" => Count(value, keyword.Value, at) is var found && (found == 1 || Wrong(at, $"fits {found} of oneOf, not one", tell)),
                "not" => !Fits(value, keyword.Value, at, tell: false) || Wrong(at, "fits what it must not", tell),
                "if" => Fits(value, keyword.Value, at, tell: false) ? Branch(value, schema, "then", at, tell) : Branch(value, schema, "else", at, tell),
                "properties" or "required" or "additionalProperties" or "propertyNames" => value.ValueKind != JsonValueKind.Object || Members(value, schema, keyword, at, tell),
                "items" or "prefixItems" or "contains" => value.ValueKind != JsonValueKind.Array || Items(value, schema, keyword, at, tell),
                _ => SchemaRules.Problem(value, keyword) is not { } problem || Wrong(at, problem, tell),
            };
        return fits;
    }

    private bool Branch(JsonElement value, JsonElement schema, string name, string at, bool tell) =>
        !schema.TryGetProperty(name, out var branch) || Fits(value, branch, at, tell);

    private bool Members(JsonElement value, JsonElement schema, JsonProperty keyword, string at, bool tell)
    {
        switch (keyword.Name)
        {
            case "required":
                return All(keyword.Value, name => value.TryGetProperty(name.GetString()!, out _) || Wrong(at, $"lacks {Short(name.GetString()!)}", tell));
            case "properties":
                var all = true;
                foreach (var known in keyword.Value.EnumerateObject())
                    if (value.TryGetProperty(known.Name, out var member)) all &= Fits(member, known.Value, $"{at}/{Escaped(known.Name)}", tell);
                return all;
            case "propertyNames":
                var named = true;
                foreach (var member in value.EnumerateObject()) named &= Fits(Text(member.Name), keyword.Value, $"{at}/{Escaped(member.Name)}", tell);
                return named;
            default:
                var fits = true;
                var has = schema.TryGetProperty("properties", out var properties);
                foreach (var member in value.EnumerateObject())
                    if (!has || !properties.TryGetProperty(member.Name, out _)) fits &= Fits(member.Value, keyword.Value, $"{at}/{Escaped(member.Name)}", tell);
                return fits;
        }
    }

    private bool Items(JsonElement value, JsonElement schema, JsonProperty keyword, string at, bool tell)
    {
        var first = schema.TryGetProperty("prefixItems", out var prefix) ? prefix.GetArrayLength() : 0;
        var fits = true;
        var index = 0;
        var contained = false;
        foreach (var item in value.EnumerateArray())
        {
            if (keyword.Name == "items" && index >= first) fits &= Fits(item, keyword.Value, $"{at}/{index}", tell);
            else if (keyword.Name == "prefixItems" && index < first) fits &= Fits(item, prefix[index], $"{at}/{index}", tell);
            else if (keyword.Name == "contains") contained |= Fits(item, keyword.Value, at, tell: false);
            index++;
        }

        return fits && (keyword.Name != "contains" || contained || Wrong(at, "has no item that fits contains", tell));
    }

    private int Count(JsonElement value, JsonElement schemas, string at)
    {
        var count = 0;
        foreach (var schema in schemas.EnumerateArray())
            if (Fits(value, schema, at, tell: false)) count++;
        return count;
    }

    private static bool All(JsonElement list, Func<JsonElement, bool> fits)
    {
        var all = true;
        foreach (var item in list.EnumerateArray()) all &= fits(item);
        return all;
    }

    private bool Wrong(string at, string problem, bool tell)
    {
        if (tell && Errors.Count < MaxErrors) Errors.Add((JsonNode)new JsonObject { ["at"] = at, ["problem"] = problem });
        return false;
    }

    private static JsonElement Text(string text)
    {
        using var document = JsonDocument.Parse(JsonValue.Create(text).ToJsonString());
        return document.RootElement.Clone();
    }

    private static string Short(string name) => name.Length <= 64 ? name : name[..64] + "…";

    /// <summary>RFC 6901.</summary>
    private static string Escaped(string name) => Short(name).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
