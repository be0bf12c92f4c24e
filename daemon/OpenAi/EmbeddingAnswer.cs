using System.Globalization;
using System.Runtime.InteropServices;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.Daemon.OpenAi;

/// <summary>Writes embeddings. The node's output is all vectors, one after another (DECISIONS E16): as many as there were texts.</summary>
internal static class EmbeddingAnswer
{
    private static readonly OpenAiError Unreadable = OpenAiErrors.From(new Refusal(ErrorCode.InvalidNodeResponse));

    public static OpenAiResult Write(OpenAiCall call, string output, InferenceEnd end)
    {
        var bytes = new byte[(output.Length / 4 * 3) + 3];
        var count = call.Request.Inputs!.Count;
        if (!Convert.TryFromBase64String(output, bytes, out var length) || length == 0 || length % (sizeof(float) * count) != 0) return OpenAiResult.Failed(Unreadable);
        var vectors = bytes.AsMemory(0, length);
        var size = length / count;
        foreach (var number in MemoryMarshal.Cast<byte, float>(vectors.Span))
            if (!float.IsFinite(number)) return OpenAiResult.Failed(Unreadable);
        if (call.Dimensions is { } wanted && wanted != size / sizeof(float)) return OpenAiResult.Failed(Dimensions(call, size / sizeof(float)));

        return new OpenAiResult(OpenAiAnswer.ToJson(json =>
        {
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            for (var i = 0; i < count; i++)
            {
                json.WriteStartObject();
                json.WriteString("object"u8, "embedding"u8);
                json.WriteNumber("index"u8, i);
                Write(json, vectors.Span.Slice(i * size, size), call.Base64);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("model"u8, call.Request.ModelId);
            json.WriteStartObject("usage"u8);
            json.WriteNumber("prompt_tokens"u8, end.InputTokens);
            json.WriteNumber("total_tokens"u8, end.InputTokens);
            json.WriteEndObject();
            WholeAnswer.WriteProofId(json, call.Request.RequestId);
        }));
    }

    /// <summary>Both ends are little-endian: .NET runs on nothing else here.</summary>
    private static void Write(System.Text.Json.Utf8JsonWriter json, ReadOnlySpan<byte> vector, bool base64)
    {
        if (base64)
        {
            json.WriteBase64String("embedding"u8, vector);
            return;
        }

        json.WriteStartArray("embedding"u8);
        foreach (var number in MemoryMarshal.Cast<byte, float>(vector)) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static OpenAiError Dimensions(OpenAiCall call, int size) => OpenAiErrors.From(
        new Refusal(ErrorCode.UnsupportedParameter, string.Create(CultureInfo.InvariantCulture, $"dimensions is {call.Dimensions}, but vectors of {call.Request.ModelId} have {size}, and are not cut: leave dimensions out.")), "dimensions");
}
