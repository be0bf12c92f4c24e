using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using FedAi.Runners;

namespace FedAi.Daemon.OpenAi;

/// <summary>
/// Writes a streamed chat completion. This is a hot path: what all chunks have in common is formatted once per request, a
/// delta is escaped straight into the response's buffer, and whatever is ready leaves in one flush.
/// </summary>
internal sealed class ChatStream : IDisposable
{
    /// <summary>A backend that never waits would otherwise fill memory before the first byte leaves.</summary>
    private const int FlushBytes = 16 * 1024;

    private readonly HttpResponse response;
    private readonly ChatCall call;
    private readonly PipeWriter output;
    private readonly Utf8JsonWriter json;
    private readonly byte[] head;
    private long written;
    private long flushed;

    private ChatStream(HttpResponse response, ChatCall call, long created)
    {
        this.response = response;
        this.call = call;
        output = response.BodyWriter;
        json = new Utf8JsonWriter(output, OpenAiAnswer.Relaxed);
        head = Head(call, created);
    }

    /// <summary>Sends the answer as it is made. A failure before the first delta is a plain HTTP error; a later one an <c>error</c> frame, and no <c>[DONE]</c>.</summary>
    public static async Task WriteAsync(HttpResponse response, ChatCall call, long created, IAsyncEnumerable<InferenceEvent> events, CancellationToken cancellationToken)
    {
        using var stream = new ChatStream(response, call, created);
        await using var source = events.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var next = source.MoveNextAsync();
            if (!next.IsCompleted || stream.written - stream.flushed > FlushBytes) await stream.FlushAsync(cancellationToken);
            if (!await next) throw new InvalidOperationException("The backend ended without saying how.");
            switch (source.Current)
            {
                case InferenceDelta delta:
                    stream.WriteDelta(delta.Text);
                    break;

                case InferenceEnd end:
                    stream.WriteEnd(end);
                    await stream.FlushAsync(cancellationToken);
                    return;

                case InferenceFailure failure when stream.written == 0:
                    await OpenAiAnswer.RefuseAsync(response, OpenAiErrors.From(failure.Refusal));
                    return;

                case InferenceFailure failure:
                    stream.WriteFailure(OpenAiErrors.From(failure.Refusal));
                    await stream.FlushAsync(cancellationToken);
                    return;
            }
        }
    }

    public void Dispose() => json.Dispose();

    /// <summary><c>data: {"id":…,"object":…,"created":…,"model":…</c>, without the closing brace.</summary>
    private static byte[] Head(ChatCall call, long created)
    {
        var head = new ArrayBufferWriter<byte>(256);
        head.Write("data: "u8);
        using var json = new Utf8JsonWriter(head, OpenAiAnswer.Relaxed);
        json.WriteStartObject();
        ChatAnswer.WriteHead(json, call.Request, "chat.completion.chunk"u8, created);
        json.Flush();
        return head.WrittenSpan.ToArray();
    }

    private void WriteDelta(string text)
    {
        Start();
        Write(head);
        Write(""","choices":[{"index":0,"delta":{"content":"""u8);
        json.Reset();
        json.WriteStringValue(text);
        json.Flush();
        written += json.BytesCommitted;
        Write("""},"logprobs":null,"finish_reason":null}]"""u8);
        CloseChunk();
    }

    /// <summary>The reason, usage and proof id; usage and proof id stand in a chunk of their own where the client asked for that.</summary>
    private void WriteEnd(InferenceEnd end)
    {
        Start();
        Write(head);
        Write(""","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"""u8);
        json.Reset();
        json.WriteStringValue(end.FinishReason);
        json.Flush();
        Write("}]"u8);
        if (call.IncludeUsage)
        {
            CloseChunk();
            Write(head);
            Write(",\"choices\":[]"u8);
        }

        Write(","u8);
        json.Reset();
        ChatAnswer.WriteUsage(json, end);
        ChatAnswer.WriteProofId(json, call.Request.RequestId);
        json.Flush();
        Write("}\n\ndata: [DONE]\n\n"u8);
    }

    private void WriteFailure(OpenAiError error)
    {
        Write("data: "u8);
        json.Reset();
        json.WriteStartObject();
        OpenAiAnswer.WriteError(json, error);
        json.WriteEndObject();
        json.Flush();
        Write("\n\n"u8);
    }

    /// <summary>Headers and the role, once, when the first delta is there: until then a failure can still have its own status.</summary>
    private void Start()
    {
        if (written > 0) return;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        Write(head);
        Write(""","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]"""u8);
        CloseChunk();
    }

    private void CloseChunk() => Write(call.IncludeUsage ? ",\"usage\":null}\n\n"u8 : "}\n\n"u8);

    private void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        written += bytes.Length;
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (flushed == written) return;
        flushed = written;
        await output.FlushAsync(cancellationToken);
    }
}
