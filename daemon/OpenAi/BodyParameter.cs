using System.Text.Json;

namespace FedAi.Daemon.OpenAi;

/// <summary>
/// One parameter of a body: in which of the three lists it is, its JSON schema, a sentence for people, and how it is read. These rows
/// are what the mapping runs, /openapi.json prints and the conformance suite asks for.
/// </summary>
internal sealed record BodyParameter(string Name, ParameterUse Use, string Schema, string Description, Action<CallDraft, JsonElement, BodyReader> Read)
{
    public bool Required { get; init; }

    public static BodyParameter Honoured(string name, string schema, string description, Action<CallDraft, JsonElement, BodyReader> read) =>
        new(name, ParameterUse.Honoured, schema, description, read);

    /// <summary>Accepted without effect: with any value, or with these only (JSON).</summary>
    public static BodyParameter WithoutEffect(string name, string description, params string[] values) => Fixed(name, ParameterUse.WithoutEffect, description, values);

    /// <summary>Refused, except with these values (JSON), or null, which is like leaving it out.</summary>
    public static BodyParameter Refused(string name, string description, params string[] values) => Fixed(name, ParameterUse.Refused, description, values);

    private static BodyParameter Fixed(string name, ParameterUse use, string description, string[] values)
    {
        if (use == ParameterUse.WithoutEffect && values.Length == 0) return new(name, use, "true", description, static (_, _, _) => { });
        var harmless = values.Select(value => JsonElement.Parse(value)).ToArray();
        return new(name, use, $$"""{"enum":[{{string.Join(',', [.. values, "null"])}}]}""", description, (_, value, reader) =>
        {
            if (value.ValueKind != JsonValueKind.Null && !harmless.Any(known => JsonElement.DeepEquals(known, value))) reader.Unsupported(name);
        });
    }
}
