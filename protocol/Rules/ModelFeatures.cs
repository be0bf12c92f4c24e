using System.Text.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>
/// Names for what a model can do beyond writing text, in <c>capabilities[].features</c> and <c>modelCaps[].features</c>. Who asks for
/// one of them is never sent to a model without it: a peer that does not know a member ignores it, and would answer something else.
/// </summary>
public static class ModelFeatures
{
    /// <summary>Calls tools, and reads their results.</summary>
    public const string Tools = "tools";

    /// <summary>Keeps to a response format: JSON, or JSON of a schema.</summary>
    public const string Json = "json";

    /// <summary>Makes vectors of texts (DECISIONS E16).</summary>
    public const string Embeddings = "embeddings";

    /// <summary>What a model must have for this request.</summary>
    public static IReadOnlyList<string> NeededBy(InferenceRequest request)
    {
        if (request.JobType == RouterJobType.Embedding) return [Embeddings];
        var tools = JsonInText.Read(request.Tools) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0;
        var json = JsonInText.Read(request.ResponseFormat) is { ValueKind: JsonValueKind.Object } format
            && format.TryGetProperty("type"u8, out var type) && !(type.ValueKind == JsonValueKind.String && type.ValueEquals("text"u8));
        return (tools, json) switch
        {
            (true, true) => [Tools, Json],
            (true, false) => [Tools],
            (false, true) => [Json],
            _ => [],
        };
    }
}
