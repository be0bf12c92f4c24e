using System.Globalization;
using System.Text.Json;

namespace FedAi.Runners.Roles;

/// <summary>The keywords of a JSON Schema that look at one value by itself, and which keywords there are. Pure.</summary>
internal static class SchemaRules
{
    private static readonly string[] Types = ["null", "boolean", "object", "array", "number", "integer", "string"];

    /// <summary>Why a schema cannot be checked; null when all of it can.</summary>
    public static string? Unfit(JsonElement schema)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False) return null;
        if (schema.ValueKind != JsonValueKind.Object) return "must be an object, true or false, also inside";
        foreach (var keyword in schema.EnumerateObject())
            if (Unfit(keyword) is { } problem) return problem;
        return null;
    }

    /// <summary>What is wrong with the value by one keyword; null when it fits, or when the keyword is not about such values.</summary>
    public static string? Problem(JsonElement value, JsonProperty keyword) => (keyword.Name, value.ValueKind) switch
    {
        ("type", _) => IsOfType(value, keyword.Value) ? null : $"must be {Listed(keyword.Value)}",
        ("enum", _) => keyword.Value.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)) ? null : "is none of enum",
        ("const", _) => JsonElement.DeepEquals(keyword.Value, value) ? null : "is not const",
        ("minLength", JsonValueKind.String) => Characters(value) >= keyword.Value.GetDouble() ? null : $"has fewer than {keyword.Value} characters",
        ("maxLength", JsonValueKind.String) => Characters(value) <= keyword.Value.GetDouble() ? null : $"has more than {keyword.Value} characters",
        ("minimum", JsonValueKind.Number) => value.GetDouble() >= keyword.Value.GetDouble() ? null : $"is less than {keyword.Value}",
        ("maximum", JsonValueKind.Number) => value.GetDouble() <= keyword.Value.GetDouble() ? null : $"is more than {keyword.Value}",
        ("exclusiveMinimum", JsonValueKind.Number) => value.GetDouble() > keyword.Value.GetDouble() ? null : $"is not more than {keyword.Value}",
        ("exclusiveMaximum", JsonValueKind.Number) => value.GetDouble() < keyword.Value.GetDouble() ? null : $"is not less than {keyword.Value}",
        ("multipleOf", JsonValueKind.Number) => IsMultiple(value, keyword.Value) ? null : $"is no multiple of {keyword.Value}",
        ("minItems", JsonValueKind.Array) => value.GetArrayLength() >= keyword.Value.GetDouble() ? null : $"has fewer than {keyword.Value} items",
        ("maxItems", JsonValueKind.Array) => value.GetArrayLength() <= keyword.Value.GetDouble() ? null : $"has more than {keyword.Value} items",
        // Canonical text, so equal values have equal text.
        ("uniqueItems", JsonValueKind.Array) when keyword.Value.ValueKind == JsonValueKind.True =>
            value.EnumerateArray().Select(item => item.GetRawText()).ToHashSet(StringComparer.Ordinal).Count == value.GetArrayLength() ? null : "has an item twice",
        ("minProperties", JsonValueKind.Object) => value.GetPropertyCount() >= keyword.Value.GetDouble() ? null : $"has fewer than {keyword.Value} members",
        ("maxProperties", JsonValueKind.Object) => value.GetPropertyCount() <= keyword.Value.GetDouble() ? null : $"has more than {keyword.Value} members",
        _ => null,
    };

    private static string? Unfit(JsonProperty keyword)
    {
        var (name, value) = (keyword.Name, keyword.Value);
        switch (name)
        {
            // Words for people.
            case "$schema" or "$id" or "$comment" or "title" or "description" or "default" or "examples" or "deprecated" or "readOnly" or "writeOnly" or "const":
                return null;
            case "type":
                return (value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().All(IsType) : IsType(value)) ? null : "has a type that does not exist";
            case "enum":
                return value.ValueKind == JsonValueKind.Array ? null : "has an enum that is no list";
            case "required":
                return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) ? null : "has a required that is no list of names";
            case "uniqueItems":
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "has a uniqueItems that is not true or false";
            case "minLength" or "maxLength" or "minItems" or "maxItems" or "minProperties" or "maxProperties" or "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum":
                return value.ValueKind == JsonValueKind.Number ? null : $"has a {name} that is no number";
            case "multipleOf":
                return value.ValueKind == JsonValueKind.Number && value.GetDouble() > 0 ? null : "has a multipleOf that is no number above 0";
            case "items" or "additionalProperties" or "propertyNames" or "contains" or "not" or "if" or "then" or "else":
                return Unfit(value);
            case "properties":
                return value.ValueKind != JsonValueKind.Object ? "has properties that are no object" : value.EnumerateObject().Select(member => Unfit(member.Value)).FirstOrDefault(problem => problem is not null);
            case "allOf" or "anyOf" or "oneOf" or "prefixItems":
                return value.ValueKind != JsonValueKind.Array ? $"has {name} that is no list" : value.EnumerateArray().Select(Unfit).FirstOrDefault(problem => problem is not null);
            default:
                return $"has the keyword {(name.Length <= 32 ? name : name[..32] + "…")}, which is not checked here";
        }
    }

    private static bool IsType(JsonElement name) => name.ValueKind == JsonValueKind.String && Types.Contains(name.GetString());

    private static bool IsOfType(JsonElement value, JsonElement type) => type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Any(one => IsOf(value, one.GetString()!)) : IsOf(value, type.GetString()!);

    private static bool IsOf(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.Null => type == "null",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        _ => type == "number" || (type == "integer" && value.GetDouble() == Math.Floor(value.GetDouble())),
    };

    private static string Listed(JsonElement type) => type.ValueKind == JsonValueKind.Array ? string.Join(" or ", type.EnumerateArray().Select(one => one.GetString())) : type.GetString()!;

    private static int Characters(JsonElement text)
    {
        var count = 0;
        foreach (var _ in text.GetString()!.EnumerateRunes()) count++;
        return count;
    }

    private static bool IsMultiple(JsonElement value, JsonElement of) =>
        decimal.TryParse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && decimal.TryParse(of.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var step) && step != 0
            ? number % step == 0
            : value.GetDouble() % of.GetDouble() == 0;
}
