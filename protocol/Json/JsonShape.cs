using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FedAi.Protocol.Json;

/// <summary>
/// Checks a JSON value against a wire record: the record is the schema. Members are required or may be absent, but never
/// null; enum names are exact; <c>long</c> members are integers from 0; unknown members pass unless the record forbids them.
/// The words are those existing software uses (WIRE 3.1), so that its users find what they know.
/// </summary>
public static class JsonShape
{
    /// <summary>A stranger's message is not worth more words than this.</summary>
    private const int MaxProblems = 20;

    /// <summary>What is wrong with the value, as <c>path: reason</c>; empty when it fits.</summary>
    public static IReadOnlyList<string> Problems(JsonElement value, JsonTypeInfo type)
    {
        var problems = new List<string>();
        Check(value, type, "", problems);
        return problems;
    }

    private static void Check(JsonElement value, JsonTypeInfo type, string path, List<string> problems)
    {
        if (problems.Count >= MaxProblems) return;
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when Is(value, JsonValueKind.Object, path, problems):
                CheckMembers(value, type, path, problems);
                break;

            case JsonTypeInfoKind.Enumerable when Is(value, JsonValueKind.Array, path, problems):
                var index = 0;
                foreach (var item in value.EnumerateArray())
                    CheckTyped(item, type.ElementType!, type.Options, Join(path, (index++).ToString(CultureInfo.InvariantCulture)), problems);
                break;

            case JsonTypeInfoKind.Dictionary when Is(value, JsonValueKind.Object, path, problems):
                foreach (var entry in value.EnumerateObject())
                    CheckTyped(entry.Value, type.ElementType!, type.Options, Join(path, entry.Name), problems);
                break;
        }
    }

    private static void CheckMembers(JsonElement value, JsonTypeInfo type, string path, List<string> problems)
    {
        foreach (var member in type.Properties)
        {
            var at = Join(path, member.Name);
            if (value.TryGetProperty(member.Name, out var present)) CheckTyped(present, member.PropertyType, type.Options, at, problems);
            else if (member.IsRequired) problems.Add($"{at}: {(Plain(member.PropertyType).IsEnum ? "Invalid input" : "Required")}");
        }

        if (type.UnmappedMemberHandling != JsonUnmappedMemberHandling.Disallow) return;
        foreach (var member in value.EnumerateObject())
            if (!type.Properties.Any(known => member.NameEquals(known.Name)))
                problems.Add($"{Name(path)}: Unrecognized key(s) in object: '{member.Name}'");
    }

    private static void CheckTyped(JsonElement value, Type type, JsonSerializerOptions options, string path, List<string> problems)
    {
        if (problems.Count >= MaxProblems) return;
        type = Plain(type);
        if (type == typeof(JsonElement)) return;
        if (type == typeof(string)) Is(value, JsonValueKind.String, path, problems);
        else if (type == typeof(double)) Is(value, JsonValueKind.Number, path, problems);
        else if (type == typeof(long)) CheckInteger(value, path, problems);
        else if (type == typeof(bool)) CheckBoolean(value, path, problems);
        else if (type.IsEnum) CheckEnum(value, options.GetTypeInfo(type), path, problems);
        else Check(value, options.GetTypeInfo(type), path, problems);
    }

    private static void CheckInteger(JsonElement value, string path, List<string> problems)
    {
        if (!Is(value, JsonValueKind.Number, path, problems)) return;
        var number = value.GetDouble();
        if (number != Math.Floor(number)) problems.Add($"{Name(path)}: Expected integer, received float");
        if (number < 0) problems.Add($"{Name(path)}: Number must be greater than or equal to 0");
        if (number > 9_007_199_254_740_991) problems.Add($"{Name(path)}: Number must be less than or equal to 9007199254740991");
    }

    private static void CheckBoolean(JsonElement value, string path, List<string> problems)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            problems.Add($"{Name(path)}: Expected boolean, received {Kind(value)}");
    }

    private static void CheckEnum(JsonElement value, JsonTypeInfo type, string path, List<string> problems)
    {
        if (value.ValueKind == JsonValueKind.String && IsExactName(value, type)) return;
        problems.Add($"{Name(path)}: Invalid input");
    }

    /// <summary>The converter reads names in any case, and numbers; only what it would write itself is right.</summary>
    private static bool IsExactName(JsonElement value, JsonTypeInfo type)
    {
        try
        {
            var read = JsonSerializer.Deserialize(value, type);
            return JsonSerializer.SerializeToElement(read, type) is { ValueKind: JsonValueKind.String } name && name.ValueEquals(value.GetString());
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Is(JsonElement value, JsonValueKind kind, string path, List<string> problems)
    {
        if (value.ValueKind == kind) return true;
        problems.Add($"{Name(path)}: Expected {kind.ToString().ToLowerInvariant()}, received {Kind(value)}");
        return false;
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static Type Plain(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static string Name(string path) => path.Length == 0 ? "value" : path;

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
