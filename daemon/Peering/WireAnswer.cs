using System.Buffers;
using System.Globalization;
using System.Text.Json;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>Writes answers of the WIRE endpoints: JSON bodies, and refusals as <c>{"error":code,"details"?:[…],"hint"?:…,"node"?:…,"loading"?:…}</c>.</summary>
internal static class WireAnswer
{
    public static Task WriteAsync(HttpResponse response, ReadOnlyMemory<byte> json, int status = StatusCodes.Status200OK)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        return response.Body.WriteAsync(json).AsTask();
    }

    public static Task OkAsync(HttpResponse response) => WriteAsync(response, "{\"ok\":true}"u8.ToArray());

    public static Task RefuseAsync(HttpResponse response, Refusal refusal)
    {
        if (refusal.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return WriteAsync(response, ToJson(refusal), refusal.Code.HttpStatus());
    }

    /// <summary>The refusal as one line of JSON; also the data of an SSE <c>error</c> event.</summary>
    public static ReadOnlyMemory<byte> ToJson(Refusal refusal)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("error"u8, refusal.Code.Wire());
        if (refusal.Details is { Count: > 0 } details)
        {
            writer.WriteStartArray("details"u8);
            foreach (var detail in details) writer.WriteStringValue(detail);
            writer.WriteEndArray();
        }

        if (refusal.Hint is { } hint) writer.WriteString("hint"u8, hint);
        if (refusal.Node is { } node)
        {
            writer.WritePropertyName("node"u8);
            JsonSerializer.Serialize(writer, node, ProtocolJson.Default.NodeSealKey);
        }

        if (refusal.Loading is { } loading)
        {
            writer.WritePropertyName("loading"u8);
            JsonSerializer.Serialize(writer, loading, ProtocolJson.Default.LoadProgress);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
