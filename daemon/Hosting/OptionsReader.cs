using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace FedAi.Daemon.Hosting;

/// <summary>
/// Binds the options once from their sources, later ones winning: defaults, file, environment, flags. Knows the keys from the
/// options' own contract, refuses unknown ones, and reports all problems together.
/// </summary>
internal sealed class OptionsReader
{
    private const string EnvironmentPrefix = "FEDAI__";

    private static readonly JsonTypeInfo<FedAiOptions> Root = OptionsJson.Default.FedAiOptions;

    // Starting from the defaults, because deserialising a record loses the initialisers of absent members.
    private readonly JsonObject merged = JsonSerializer.SerializeToNode(new FedAiOptions(), Root)!.AsObject();
    private readonly List<string> problems = [];
    private readonly Dictionary<string, string> origins = new(StringComparer.Ordinal);

    private OptionsReader()
    {
    }

    /// <param name="file">The text of the file, or null when there is none.</param>
    /// <param name="fileName">Its name, for messages.</param>
    /// <param name="environment">All environment variables; those of other programs are skipped.</param>
    /// <param name="flags">Dotted key and value.</param>
    public static OptionsResult Read(string? file, string fileName, IEnumerable<KeyValuePair<string, string>> environment, IEnumerable<KeyValuePair<string, string>> flags)
    {
        var reader = new OptionsReader();
        if (file is not null) reader.AddFile(file, fileName);
        foreach (var (name, value) in environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            if (name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
                reader.AddText(name[EnvironmentPrefix.Length..].Split("__"), value, $"environment {name}");
        foreach (var (key, value) in flags) reader.AddText(key.Split('.'), value, $"flag {key}");

        // What could not be read keeps its default meanwhile, so that all problems are told together.
        var options = reader.merged.Deserialize(Root)!;
        IReadOnlyList<string> problems = [.. reader.problems, .. OptionsRules.Problems(options)];
        return new OptionsResult(problems.Count > 0 ? null : options, problems) { Origins = reader.origins };
    }

    /// <summary>Every option by its dotted key, with its value as the file would have it; null where it has none.</summary>
    public static IReadOnlyList<(string Key, JsonNode? Value)> Values(FedAiOptions options) =>
        [.. Leaves(Root, "", JsonSerializer.SerializeToNode(options, Root)!.AsObject())];

    private void AddFile(string text, string name)
    {
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            var place = exception.LineNumber is { } line ? $"line {line + 1} " : "";
            problems.Add($"{name}: {place}is not JSON: {exception.Message.Split(". ")[0]}");
            return;
        }

        if (node is JsonObject section) AddSection(section, Root, "", merged, name);
        else problems.Add($"{name}: expected one JSON object {{…}}");
    }

    private void AddSection(JsonObject section, JsonTypeInfo type, string path, JsonObject target, string source)
    {
        foreach (var (key, value) in section)
        {
            var property = type.Properties.FirstOrDefault(known => known.Name == key);
            if (property is null)
            {
                problems.Add(Unknown(path + key, source));
                continue;
            }

            var inner = Contract(property);
            if (inner.Kind != JsonTypeInfoKind.Object) Set(target, property, value?.DeepClone(), path + key, source);
            else if (value is JsonObject child) AddSection(child, inner, $"{path}{key}.", target[key]!.AsObject(), source);
            else problems.Add($"{source}: {path}{key} is a section; expected {{…}}");
        }
    }

    private void AddText(string[] keys, string value, string source)
    {
        JsonTypeInfo type = Root;
        var target = merged;
        var path = "";
        for (var i = 0; i < keys.Length; i++)
        {
            var property = type.Properties.FirstOrDefault(known => string.Equals(known.Name, keys[i], StringComparison.OrdinalIgnoreCase));
            if (property is null || Contract(property).Kind == JsonTypeInfoKind.Object == (i == keys.Length - 1))
            {
                problems.Add(Unknown(string.Join('.', keys), source));
                return;
            }

            path += i == 0 ? property.Name : "." + property.Name;
            if (i == keys.Length - 1) Set(target, property, FromText(value, property.PropertyType), path, source);
            else (type, target) = (Contract(property), target[property.Name]!.AsObject());
        }
    }

    private void Set(JsonObject target, JsonPropertyInfo property, JsonNode? value, string path, string source)
    {
        if (Fits(value, property))
        {
            target[property.Name] = value;
            origins[path] = source;
            return;
        }

        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var expected = type.IsEnum ? $"one of {string.Join(", ", Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(one => Shown(JsonSerializer.SerializeToNode(Enum.ToObject(type, one), OptionsJson.Default.GetTypeInfo(type)!)!.GetValue<string>())))}"
            : type == typeof(bool) ? "true or false"
            : type == typeof(string) ? "a text"
            : type == typeof(int) || type == typeof(long) ? "a whole number"
            : Contract(property) is { ElementType: { } item } && OptionsJson.Default.GetTypeInfo(item) is { Kind: JsonTypeInfoKind.Object } members ? $"a list of {{{string.Join(", ", members.Properties.Select(member => member.Name))}}}"
            : "a list of texts";
        problems.Add($"{source}: {path} must be {expected}");
    }

    private static bool Fits(JsonNode? value, JsonPropertyInfo property)
    {
        if (value is null || (property.PropertyType.IsEnum && value.GetValueKind() != JsonValueKind.String)) return false;
        try
        {
            return value.Deserialize(Contract(property)) is not System.Collections.IEnumerable items || !items.Cast<object?>().Contains(null);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonNode? FromText(string text, Type type)
    {
        if (type == typeof(string) || type.IsEnum) return JsonValue.Create(text);
        try
        {
            return type.IsValueType || text.StartsWith('[')
                ? JsonNode.Parse(text)
                : new JsonArray([.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(item => JsonValue.Create(item))]);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Unknown(string path, string source)
    {
        var nearest = NearestName.Find(path, AllPaths(Root, ""));
        return $"{source}: unknown key {path}{(nearest is null ? "" : $" (did you mean {nearest}?)")}";
    }

    /// <summary>A name of an enum as it stands in the file; PL1 is no word.</summary>
    private static string Shown(string name) => name.All(character => char.IsUpper(character) || char.IsDigit(character)) ? name : JsonNamingPolicy.CamelCase.ConvertName(name);

    private static IEnumerable<string> AllPaths(JsonTypeInfo type, string path) => type.Properties.SelectMany(property =>
        Contract(property) is { Kind: JsonTypeInfoKind.Object } section ? AllPaths(section, $"{path}{property.Name}.").Prepend(path + property.Name) : [path + property.Name]);

    private static IEnumerable<(string Key, JsonNode? Value)> Leaves(JsonTypeInfo type, string path, JsonObject values) => type.Properties.SelectMany(property =>
        Contract(property) is { Kind: JsonTypeInfoKind.Object } section ? Leaves(section, $"{path}{property.Name}.", values[property.Name]!.AsObject())
        : [(path + property.Name, property.PropertyType.IsEnum ? Shown(values[property.Name]!.GetValue<string>()) : values[property.Name])]);

    private static JsonTypeInfo Contract(JsonPropertyInfo property) => OptionsJson.Default.GetTypeInfo(property.PropertyType)!;
}
