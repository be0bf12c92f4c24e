using System.Globalization;
using System.Text.Json;

namespace FedAi.Runners.Grammars;

/// <summary>
/// Writes a JSON schema as a grammar that lets only valid values through. What a grammar cannot promise is refused with
/// its place, never left out. Members are written in the order of the schema, those it does not name are left out, and
/// of oneOf any one is taken.
/// </summary>
internal sealed class SchemaGrammar(GrammarRules rules, JsonElement root)
{
    private const int MostDepth = 32, MostPaths = 200, MostMembers = 256, MostOptional = 100, MostAlternatives = 64;

    private static readonly string[] NotSupported =
        ["not", "if", "allOf", "patternProperties", "propertyNames", "dependentRequired", "dependentSchemas", "dependencies", "contains", "prefixItems", "unevaluatedItems", "$dynamicRef"];

    /// <summary>What only describes, and may stand beside a reference or alternatives.</summary>
    private static readonly string[] Describing =
        ["title", "description", "default", "examples", "$defs", "definitions", "$schema", "$id", "$comment", "deprecated", "readOnly", "writeOnly", "discriminator", "nullable", "type", "additionalProperties"];

    private readonly JsonPieces json = new(rules);
    private readonly Dictionary<string, GrammarPiece> referenced = [];

    /// <summary>The value that a schema describes, as text of a rule.</summary>
    public GrammarPiece Value(JsonElement schema, string place, int depth = 0)
    {
        if (depth > MostDepth) throw new GrammarException(place, $"the schema nests deeper than {MostDepth} levels");
        var piece = Read(schema, place, depth);
        if (piece.Paths > MostPaths) throw new GrammarException(place, "the schema allows too many readings of one answer; give its alternatives members that tell them apart");
        return piece;
    }

    /// <summary>The arguments of a tool: an object, whether the schema says so or not.</summary>
    public GrammarPiece Arguments(JsonElement schema, string place)
    {
        if (schema.ValueKind != JsonValueKind.Object) throw new GrammarException(place, "the parameters of a tool are a schema");
        if (schema.TryGetProperty("type", out var type) && !(type.ValueKind == JsonValueKind.String && type.ValueEquals("object")))
            throw new GrammarException($"{place}/type", "the arguments of a tool are an object");
        var says = schema.EnumerateObject().Any(member => !Describing.Contains(member.Name) || member.Name == "type");
        return says ? Value(schema, place) : json.AnyObject();
    }

    private GrammarPiece Read(JsonElement schema, string place, int depth)
    {
        if (schema.ValueKind == JsonValueKind.True) return json.Anything();
        if (schema.ValueKind != JsonValueKind.Object) throw new GrammarException(place, "this is no schema that a value can fit");
        foreach (var name in NotSupported)
            if (schema.TryGetProperty(name, out var found) && !(name == "allOf" && found is { ValueKind: JsonValueKind.Array } && found.GetArrayLength() == 1) && !(name == "propertyNames" && IsAnyName(found)))
                throw new GrammarException($"{place}/{name}", "this keyword is not supported");
        var piece = schema.TryGetProperty("$ref", out var reference) ? Referenced(schema, reference, place, depth)
            : schema.TryGetProperty("allOf", out var all) ? Only(schema, "allOf", place, () => Value(all[0], $"{place}/allOf/0", depth + 1))
            : schema.TryGetProperty("anyOf", out var any) ? Only(schema, "anyOf", place, () => Alternatives(any, $"{place}/anyOf", depth))
            : schema.TryGetProperty("oneOf", out var one) ? Only(schema, "oneOf", place, () => Alternatives(one, $"{place}/oneOf", depth))
            : schema.TryGetProperty("const", out var constant) ? JsonPieces.Constant(constant)
            : schema.TryGetProperty("enum", out var values) ? Enumeration(values, place)
            : OfTypes(schema, place, depth);
        return schema.TryGetProperty("nullable", out var nullable) && nullable.ValueKind == JsonValueKind.True ? Either([piece, JsonPieces.Null], place) : piece;
    }

    /// <summary>Every name is a string: zod 4 says so of its records.</summary>
    private static bool IsAnyName(JsonElement names) => names.ValueKind == JsonValueKind.True
        || (names.ValueKind == JsonValueKind.Object && names.EnumerateObject().All(member => member.Name == "type" ? member.Value.ValueKind == JsonValueKind.String && member.Value.ValueEquals("string") : Describing.Contains(member.Name)));

    private GrammarPiece Referenced(JsonElement schema, JsonElement reference, string place, int depth) => Only(schema, "$ref", place, () =>
    {
        var target = reference.ValueKind == JsonValueKind.String ? reference.GetString()! : "";
        if (referenced.TryGetValue(target, out var known)) return known;
        var name = rules.Reserve(place);
        referenced[target] = new(name, GrammarPiece.Endless, 1); // what contains itself sees this
        var piece = Value(JsonPointer.Resolve(root, target) ?? throw new GrammarException($"{place}/$ref", "nothing stands where it points; only #/… is followed"), target, depth + 1);
        rules.Define(name, piece.Text, place);
        rules.MayLeaveOut(piece.Shortest); // it may come again inside itself
        return referenced[target] = piece with { Text = name };
    });

    /// <summary>Alternatives and references that are narrowed by their neighbours are more than this can promise.</summary>
    private static GrammarPiece Only(JsonElement schema, string keyword, string place, Func<GrammarPiece> read)
    {
        foreach (var member in schema.EnumerateObject())
            if (member.Name != keyword && !Describing.Contains(member.Name) && !member.Name.StartsWith("x-", StringComparison.Ordinal))
                throw new GrammarException($"{place}/{member.Name}", $"this keyword beside {keyword} is not supported");
        return read();
    }

    private GrammarPiece Alternatives(JsonElement list, string place, int depth)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is < 1 or > MostAlternatives) throw new GrammarException(place, $"there must be 1 to {MostAlternatives} alternatives");
        return Either([.. list.EnumerateArray().Select((alternative, index) => Value(alternative, string.Create(CultureInfo.InvariantCulture, $"{place}/{index}"), depth + 1))], place);
    }

    private GrammarPiece Either(IReadOnlyList<GrammarPiece> pieces, string place)
    {
        if (pieces.Count == 1) return pieces[0];
        foreach (var piece in pieces) rules.MayLeaveOut(piece.Shortest);
        return new(rules.Add(string.Join(" | ", pieces.Select(piece => piece.Text)), place), pieces.Min(piece => piece.Shortest), pieces.Sum(piece => piece.Paths));
    }

    private GrammarPiece Enumeration(JsonElement values, string place)
    {
        if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() == 0) throw new GrammarException($"{place}/enum", "there must be at least one value");
        var texts = values.EnumerateArray().Select(JsonPieces.Compact).Distinct().Order(StringComparer.Ordinal).ToList();
        return new(rules.Add(LiteralChoice.Write(texts, $"{place}/enum"), place), texts.Min(text => text.Length), 2);
    }

    private GrammarPiece OfTypes(JsonElement schema, string place, int depth)
    {
        IReadOnlyList<string> types = !schema.TryGetProperty("type", out var type) ? Implied(schema)
            : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(one => one.ValueKind == JsonValueKind.String ? one.GetString()! : "")]
            : [type.ValueKind == JsonValueKind.String ? type.GetString()! : ""];
        return types.Count == 0 ? json.Anything() : Either([.. types.Select(one => OfType(one, schema, place, depth))], place);
    }

    /// <summary>A schema without a type is one for the values that its keywords speak of.</summary>
    private static IReadOnlyList<string> Implied(JsonElement schema)
    {
        bool Has(params ReadOnlySpan<string> names)
        {
            foreach (var name in names) if (schema.TryGetProperty(name, out _)) return true;
            return false;
        }
        return Has("properties", "required", "additionalProperties", "minProperties", "maxProperties") ? ["object"]
            : Has("items", "minItems", "maxItems", "uniqueItems") ? ["array"]
            : Has("pattern", "minLength", "maxLength", "format") ? ["string"]
            : Has("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf") ? ["number"] : [];
    }

    private GrammarPiece OfType(string type, JsonElement schema, string place, int depth) => type switch
    {
        "object" => ObjectOf(schema, place, depth),
        "array" => ArrayOf(schema, place, depth),
        "string" => new TextGrammar(rules, json).Text(schema, place),
        "integer" or "number" => NumberOf(type == "integer", schema, place),
        "boolean" => JsonPieces.Boolean,
        "null" => JsonPieces.Null,
        _ => throw new GrammarException($"{place}/type", "there is no such type"),
    };

    private GrammarPiece ObjectOf(JsonElement schema, string place, int depth)
    {
        var members = schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            ? properties.EnumerateObject().ToList() : [];
        if (members.Count > MostMembers) throw new GrammarException($"{place}/properties", $"there are more than {MostMembers} members");
        var required = schema.TryGetProperty("required", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(name => name.ValueKind == JsonValueKind.String ? name.GetString()! : "").ToHashSet(StringComparer.Ordinal) : [];
        if (required.FirstOrDefault(name => members.TrueForAll(member => member.Name != name)) is { } unknown)
            throw new GrammarException($"{place}/required", $"it names \"{unknown}\", which properties does not describe");
        if (Number(schema, "minProperties", place) > required.Count) throw new GrammarException($"{place}/minProperties", "more members than are required cannot be promised");
        if (Number(schema, "maxProperties", place) is { } most && most < members.Count) throw new GrammarException($"{place}/maxProperties", "fewer members than are described cannot be promised");
        if (members.Count - required.Count > MostOptional) throw new GrammarException($"{place}/properties", $"more than {MostOptional} members may be left out");
        if (members.Count > 0) return Members(members, required, place, depth);
        var further = schema.TryGetProperty("additionalProperties", out var additional) ? additional : default;
        return further.ValueKind switch
        {
            JsonValueKind.False => new("\"{}\"", 2, 1),
            JsonValueKind.Object => json.Map(Value(further, $"{place}/additionalProperties", depth + 1), place),
            JsonValueKind.Undefined when properties.ValueKind == JsonValueKind.Object => new("\"{}\"", 2, 1), // "properties": {} says that there are none
            _ => json.AnyObject(),
        };
    }

    /// <summary>From the last member to the first: what may follow when something was written before, and when nothing was.</summary>
    private GrammarPiece Members(List<JsonProperty> members, HashSet<string> required, string place, int depth)
    {
        var (tail, head, shortest, paths) = ("\"}\"", "\"}\"", 2, 2);
        var mustFollow = false;
        for (var i = members.Count - 1; i >= 0; i--)
        {
            var name = JsonPieces.Name(members[i].Name);
            var value = Value(members[i].Value, $"{place}/properties/{members[i].Name}", depth + 1);
            var needed = required.Contains(members[i].Name);
            var member = rules.Add($"{GrammarRules.Literal(name)} {json.Colon} {value.Text}", place);
            head = rules.Add(needed ? $"{member} {tail}" : $"{member} {tail} | {head}", place);
            tail = rules.Add(needed ? $"{json.Comma} {member} {tail}" : $"{json.Comma} {member} {tail} | {tail}", place);
            var size = GrammarPiece.Sum(name.Length + 4, value.Shortest);
            if (needed) shortest = GrammarPiece.Sum(shortest, size);
            else rules.MayLeaveOut(size);
            if (!needed && mustFollow) rules.MayPassBy(size);
            mustFollow |= needed;
            paths = Math.Max(paths, value.Paths + 1);
        }
        return new(rules.Add($"\"{{\" {head}", place), shortest, paths);
    }

    private GrammarPiece ArrayOf(JsonElement schema, string place, int depth)
    {
        var (least, most) = ((int)(Number(schema, "minItems", place) ?? 0), (int?)Number(schema, "maxItems", place));
        if (schema.TryGetProperty("uniqueItems", out var unique) && unique.ValueKind == JsonValueKind.True && most is not 1)
            throw new GrammarException($"{place}/uniqueItems", "that no value comes twice cannot be promised");
        if (most < least) throw new GrammarException($"{place}/maxItems", "it is below minItems");
        if (most == 0) return new("\"[]\"", 2, 1);
        var item = schema.TryGetProperty("items", out var items) ? Value(items, $"{place}/items", depth + 1) : json.Anything();
        rules.MayLeaveOut(item.Shortest);
        var next = rules.Add($"{json.Comma} {item.Text}", place);
        var filled = $"{item.Text} {rules.Repeat(next, Math.Max(0, least - 1), most - 1, place)}";
        var shortest = GrammarPiece.Sum(2, least == 0 ? 0 : (int)Math.Min(GrammarPiece.Endless, (long)least * (item.Shortest + 2)));
        return new(rules.Add(least == 0 ? $"\"[\" ({filled})? \"]\"" : $"\"[\" {filled} \"]\"", place), shortest, item.Paths + 2);
    }

    private GrammarPiece NumberOf(bool whole, JsonElement schema, string place)
    {
        if (Number(schema, "multipleOf", place) is { } step && (step != 1 || !whole)) throw new GrammarException($"{place}/multipleOf", "this keyword is not supported");
        var (least, above) = (Number(schema, "minimum", place), Number(schema, "exclusiveMinimum", place));
        var (most, below) = (Number(schema, "maximum", place), Number(schema, "exclusiveMaximum", place));
        if (least is null && above is null && most is null && below is null) return whole ? json.Integer : json.Number;
        var (leastExcluded, mostExcluded) = (above is not null && !(least > above), below is not null && !(most < below));
        var (from, to) = (leastExcluded ? above : least, mostExcluded ? below : most);
        if (whole && leastExcluded) from = Math.Floor(from!.Value) + 1;
        if (whole && mostExcluded) to = Math.Ceiling(to!.Value) - 1;
        var range = whole ? NumberRange.Integers(from, to) : NumberRange.Numbers(from, leastExcluded, to, mostExcluded);
        return new(rules.Add(range ?? throw new GrammarException(place, "no number of up to 15 digits lies between its bounds"), place), 1, 4);
    }

    private static decimal? Number(JsonElement schema, string name, string place)
    {
        if (!schema.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var number) || Math.Abs(number) > 1e18m) throw new GrammarException($"{place}/{name}", "it must be a number of at most 18 digits");
        return number;
    }
}
