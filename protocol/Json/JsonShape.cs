using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FedAi.Protocol.Json;

/// <summary>
/// Checks a JSON value against a wire record: the record is the schema. Members are required or may be absent, but never
/// null; enum names are exact; <c>long</c> members are integers from 0; unknown members pass unless the record forbids them.
/// The words are those existing software uses (WIRE 3.1), so that its users find what they know.
/// </summary>
public sealed class JsonShape
{
    private static readonly ConcurrentDictionary<JsonTypeInfo, JsonShape> Known = new();

    private readonly Form form;
    private readonly (string Name, byte[] Utf8Name, bool Required, JsonShape Shape)[] members = [];
    private readonly bool closed;
    private readonly JsonShape? element;
    private readonly string[] enumNames = [];

    private enum Form : byte { Anything, Text, Number, Integer, Truth, EnumName, Record, Array, Map }

    private JsonShape(JsonTypeInfo info)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        form = FormOf(type, info.Kind);
        switch (form)
        {
            case Form.EnumName:
                enumNames = NamesOf(type, info.Options.GetTypeInfo(type));
                break;
            case Form.Array or Form.Map:
                element = Of(info.Options.GetTypeInfo(info.ElementType!));
                break;
            case Form.Record:
                closed = info.UnmappedMemberHandling == JsonUnmappedMemberHandling.Disallow;
                members = [.. info.Properties.Select(member => (member.Name, Encoding.UTF8.GetBytes(member.Name), member.IsRequired, Of(info.Options.GetTypeInfo(member.PropertyType))))];
                break;
        }
    }

    /// <summary>What is wrong with the value, as <c>path: reason</c>; empty when it fits.</summary>
    public static IReadOnlyList<string> Problems(JsonElement value, JsonTypeInfo type)
    {
        var shape = Of(type);
        if (shape.Fits(value, null)) return [];
        // Nearly everything fits, so paths and words are made on a second walk only.
        var findings = new ShapeFindings();
        shape.Fits(value, findings);
        return findings.Problems;
    }

    // Wire records are trees: none holds itself.
    private static JsonShape Of(JsonTypeInfo type) => Known.TryGetValue(type, out var known) ? known : Known.GetOrAdd(type, new JsonShape(type));

    private static Form FormOf(Type type, JsonTypeInfoKind kind) =>
        type == typeof(JsonElement) ? Form.Anything
        : type == typeof(string) ? Form.Text
        : type == typeof(double) ? Form.Number
        : type == typeof(long) ? Form.Integer
        : type == typeof(bool) ? Form.Truth
        : type.IsEnum ? Form.EnumName
        : kind switch
        {
            JsonTypeInfoKind.Object => Form.Record,
            JsonTypeInfoKind.Enumerable => Form.Array,
            JsonTypeInfoKind.Dictionary => Form.Map,
            _ => throw new NotSupportedException($"{type} is no type that a wire record may have as a member"),
        };

    /// <summary>The names the serialiser writes. Reading, it would take them in any case, and numbers too.</summary>
    private static string[] NamesOf(Type type, JsonTypeInfo info) =>
        [.. Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => JsonSerializer.SerializeToElement(Enum.ToObject(type, value), info).GetString()!)];

    /// <summary>Without <paramref name="findings"/> it stops at the first thing that is wrong.</summary>
    private bool Fits(JsonElement value, ShapeFindings? findings) => form switch
    {
        Form.Anything => true,
        Form.Text => Is(value, JsonValueKind.String, findings),
        Form.Number => Is(value, JsonValueKind.Number, findings),
        Form.Integer => Is(value, JsonValueKind.Number, findings) && IsInteger(value.GetDouble(), findings),
        Form.Truth => value.ValueKind == JsonValueKind.True || Is(value, JsonValueKind.False, findings),
        Form.EnumName => IsEnumName(value) || Wrong("Invalid input", findings),
        Form.Record => Is(value, JsonValueKind.Object, findings) && HasMembers(value, findings) & (!closed || HasNoOthers(value, findings)),
        Form.Array => Is(value, JsonValueKind.Array, findings) && ItemsFit(value, findings),
        _ => Is(value, JsonValueKind.Object, findings) && EntriesFit(value, findings),
    };

    private bool HasMembers(JsonElement value, ShapeFindings? findings)
    {
        var fits = true;
        foreach (var (name, utf8Name, required, shape) in members)
        {
            findings?.Enter(name);
            if (value.TryGetProperty(utf8Name, out var present)) fits &= shape.Fits(present, findings);
            else if (required) fits = Wrong(shape.form == Form.EnumName ? "Invalid input" : "Required", findings);
            findings?.Leave();
            if (IsDecided(fits, findings)) return false;
        }

        return fits;
    }

    private bool HasNoOthers(JsonElement value, ShapeFindings? findings)
    {
        var fits = true;
        foreach (var member in value.EnumerateObject())
        {
            if (!IsMember(member)) fits = findings is not null && Wrong($"Unrecognized key(s) in object: '{ShapeFindings.Shorten(member.Name)}'", findings);
            if (IsDecided(fits, findings)) return false;
        }

        return fits;
    }

    private bool IsMember(JsonProperty property)
    {
        foreach (var member in members)
            if (property.NameEquals(member.Utf8Name)) return true;
        return false;
    }

    private bool IsEnumName(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return false;
        foreach (var name in enumNames)
            if (value.ValueEquals(name)) return true;
        return false;
    }

    private bool ItemsFit(JsonElement value, ShapeFindings? findings)
    {
        var (fits, index) = (true, 0);
        foreach (var item in value.EnumerateArray())
        {
            findings?.Enter(index++.ToString(CultureInfo.InvariantCulture));
            fits &= element!.Fits(item, findings);
            findings?.Leave();
            if (IsDecided(fits, findings)) return false;
        }

        return fits;
    }

    private bool EntriesFit(JsonElement value, ShapeFindings? findings)
    {
        var fits = true;
        foreach (var entry in value.EnumerateObject())
        {
            findings?.Enter(entry.Name);
            fits &= element!.Fits(entry.Value, findings);
            findings?.Leave();
            if (IsDecided(fits, findings)) return false;
        }

        return fits;
    }

    private static bool IsDecided(bool fits, ShapeFindings? findings) => !fits && findings is null or { IsFull: true };

    private static bool IsInteger(double number, ShapeFindings? findings) =>
        (number == Math.Floor(number) || Wrong("Expected integer, received float", findings))
        & (number >= 0 || Wrong("Number must be greater than or equal to 0", findings))
        & (number <= 9_007_199_254_740_991 || Wrong("Number must be less than or equal to 9007199254740991", findings));

    private static bool Is(JsonElement value, JsonValueKind kind, ShapeFindings? findings) =>
        value.ValueKind == kind || (findings is not null && Wrong($"Expected {Word(kind)}, received {Word(value.ValueKind)}", findings));

    private static bool Wrong(string reason, ShapeFindings? findings)
    {
        findings?.Add(reason);
        return false;
    }

    private static string Word(JsonValueKind kind) => kind is JsonValueKind.True or JsonValueKind.False ? "boolean" : kind.ToString().ToLowerInvariant();
}
