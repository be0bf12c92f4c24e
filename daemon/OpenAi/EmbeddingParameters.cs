using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using static FedAi.Daemon.OpenAi.BodyParameter;

namespace FedAi.Daemon.OpenAi;

/// <summary>The body of POST /v1/embeddings.</summary>
internal static class EmbeddingParameters
{
    /// <summary>More than any model has; the model's own number is all that is honoured.</summary>
    private const long MaxDimensions = 1 << 16;

    public static IReadOnlyList<BodyParameter> All { get; } =
    [
        SamplingParameters.Model,
        Honoured("input", """{"oneOf":[{"type":"string","minLength":1},{"type":"array","minItems":1,"maxItems":2048,"items":{"type":"string","minLength":1}}]}""", "The text to embed, or up to 2048 of them.",
            (draft, value, reader) => draft.Request = draft.Request with { Inputs = Inputs(value, reader) }) with { Required = true },
        Honoured("encoding_format", """{"enum":["float","base64",null]}""", "Vectors as numbers, or as base64 of little-endian float32.", (draft, value, reader) => draft.Base64 = IsBase64(value, reader)),
        Honoured("dimensions", $$"""{"type":["integer","null"],"minimum":1,"maximum":{{MaxDimensions}}}""", "The length of the vectors; refused unless it is the model's own.", (draft, value, reader) => draft.Dimensions = reader.Integer(value, "dimensions", 1, MaxDimensions)),
        WithoutEffect("user", "An end user's id; it stays here."),
    ];

    private static List<string> Inputs(JsonElement value, BodyReader reader)
    {
        if (value.ValueKind != JsonValueKind.Array) return [Input(value, "input", reader)];
        if (value.GetArrayLength() is 0 or > RequestValues.MaxInputs) reader.Refuse("input", $"input must have 1 to {RequestValues.MaxInputs} texts.");
        else if (value[0].ValueKind is JsonValueKind.Number or JsonValueKind.Array) reader.Refuse(ErrorCode.UnsupportedParameter, "input", "input is given in tokens, which only one model understands; send text.");
        if (reader.Problem is not null) return [];
        var inputs = new List<string>();
        foreach (var item in value.EnumerateArray())
        {
            inputs.Add(Input(item, $"input[{inputs.Count}]", reader));
            if (reader.Problem is not null) return [];
        }

        return inputs;
    }

    private static string Input(JsonElement value, string param, BodyReader reader)
    {
        var text = reader.Text(value, param);
        if (text is { Length: 0 }) reader.Refuse(param, $"{param} is empty; an empty text has no embedding.");
        return text ?? "";
    }

    private static bool IsBase64(JsonElement value, BodyReader reader)
    {
        if (value.ValueKind == JsonValueKind.Null) return false;
        switch (reader.Text(value, "encoding_format"))
        {
            case "base64": return true;
            case null or "float": return false;
            default: reader.Refuse("encoding_format", "encoding_format must be float or base64."); return false;
        }
    }
}
