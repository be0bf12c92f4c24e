using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Writes an answer as the SSE of WIRE 3.5: <c>chunk</c> events, then <c>final</c> or <c>error</c>. A failure before the
/// first delta or sign of life is a plain HTTP refusal. What is ready goes out in one flush, so that a fast model costs few system calls.
/// </summary>
internal static class PeerStreamWriter
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A source that never waits would otherwise fill memory before the first byte leaves.</summary>
    private const int MaxUnflushedBytes = 16 * 1024;

    public static async Task WriteAsync(HttpResponse response, InferenceRequest request, IAsyncEnumerable<InferenceEvent> events, CancellationToken cancellationToken)
    {
        await using var source = events.GetAsyncEnumerator(cancellationToken);
        var output = response.BodyWriter;
        using var json = new Utf8JsonWriter(output, Relaxed);
        var chunks = 0;
        var next = source.MoveNextAsync();
        while (true)
        {
            if (chunks > 0 && (!next.IsCompleted || output.UnflushedBytes > MaxUnflushedBytes)) await output.FlushAsync(cancellationToken);
            if (!await next) return;
            switch (source.Current)
            {
                case InferenceDelta delta:
                    if (chunks == 0) Start(response);
                    WriteChunk(output, json, request, delta, chunks++);
                    break;

                case InferenceEnd { Signed: { } signed }:
                    if (chunks == 0) Start(response);
                    output.Write("event: final\ndata: "u8);
                    WriteFinal(output, signed);
                    output.Write("\n\n"u8);
                    await output.FlushAsync(cancellationToken);
                    return;

                case InferenceFailure { Refusal: var refusal }:
                    if (chunks == 0)
                    {
                        await WireAnswer.RefuseAsync(response, refusal);
                        return;
                    }

                    output.Write("event: error\ndata: "u8);
                    output.Write(WireAnswer.ToJson(refusal).Span);
                    output.Write("\n\n"u8);
                    await output.FlushAsync(cancellationToken);
                    return;
            }

            next = source.MoveNextAsync();
        }
    }

    /// <summary><c>{"response":…,"metering":…}</c> with both envelopes exactly as the node signed them, and its seal key where it gave one.</summary>
    public static void WriteFinal(IBufferWriter<byte> output, SignedResult signed)
    {
        output.Write("{\"response\":"u8);
        output.Write(signed.ResponseEnvelope.Wire.Span);
        output.Write(",\"metering\":"u8);
        output.Write(signed.MeteringEnvelope.Wire.Span);
        if (signed.NodeKey is { } node)
        {
            output.Write(",\"node\":"u8);
            output.Write(JsonSerializer.SerializeToUtf8Bytes(node, ProtocolJson.Default.NodeSealKey));
        }

        output.Write("}"u8);
    }

    private static void Start(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    private static void WriteChunk(IBufferWriter<byte> output, Utf8JsonWriter json, InferenceRequest request, InferenceDelta delta, int index)
    {
        output.Write("event: chunk\ndata: "u8);
        json.Reset();
        json.WriteStartObject();
        json.WriteString("requestId"u8, request.RequestId);
        json.WriteString("modelId"u8, request.ModelId);
        json.WriteString("delta"u8, delta.Text);
        json.WriteNumber("index"u8, index);
        if (delta.ToolCalls is { } calls) WriteToolCalls(json, calls);
        json.WriteEndObject();
        json.Flush();
        output.Write("\n\n"u8);
    }

    private static void WriteToolCalls(Utf8JsonWriter json, IReadOnlyList<ToolCallDelta> calls)
    {
        json.WriteStartArray("toolCalls"u8);
        foreach (var call in calls) JsonSerializer.Serialize(json, call, ProtocolJson.Default.ToolCallDelta);
        json.WriteEndArray();
    }
}
