using System.Text.Json;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>
/// JSON that travels as text inside a string, because canonical JSON sorts members and here their order counts: a model fills in
/// the members of a schema in the order in which they stand there (DECISIONS E2). Both forms are read.
/// </summary>
public static class JsonInText
{
    /// <summary>The text as a JSON string.</summary>
    public static JsonElement Write(JsonElement json) => JsonSerializer.SerializeToElement(json.GetRawText(), ProtocolJson.Default.String);

    /// <summary>What the text holds, or the value itself where it is no text; null where there is none or it holds no JSON.</summary>
    public static JsonElement? Read(JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.String } text) return value;
        try
        {
            return JsonElement.Parse(text.GetString()!);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // no JSON, or no text at all
        }
    }

    /// <summary>The request as a runner reads it: tools and response format as JSON.</summary>
    public static InferenceRequest Read(InferenceRequest request) => request.Tools is null && request.ResponseFormat is null
        ? request
        : request with { Tools = Read(request.Tools), ResponseFormat = Read(request.ResponseFormat) };
}
