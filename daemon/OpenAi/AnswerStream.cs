using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using FedAi.Runners;

namespace FedAi.Daemon.OpenAi;

/// <summary>
/// Writes a streamed answer, of chat or of text. This is a hot path: what all chunks have in common is formatted once per request, a
/// delta is escaped straight into the response's buffer, and whatever is ready leaves in one flush.
/// </summary>
internal sealed class AnswerStream : IDisposable
{
    /// <summary>A backend that never waits would otherwise fill memory before the first byte leaves.</summary>
    private const int FlushBytes = 16 * 1024;

    private readonly HttpResponse response;
    private readonly OpenAiCall call;
    private readonly bool chat;
    private readonly PipeWriter output;
    private readonly Utf8JsonWriter json;
    private readonly byte[] head;
    private long written;
    private long flushed;

    private AnswerStream(HttpResponse response, OpenAiCall call)
    {
        this.response = response;
        this.call = call;
        chat = call.Operation == OpenAiOperation.Chat;
        output = response.BodyWriter;
        json = new Utf8JsonWriter(output, OpenAiAnswer.Relaxed);
        head = Head();
    }

    /// <summary>Sends the answer as it is made. A failure before the first delta is a plain HTTP error; a later one an <c>error</c> frame, and no <c>[DONE]</c>.</summary>
    public static async Task WriteAsync(HttpResponse response, OpenAiCall call, IAsyncEnumerable<InferenceEvent> events, CancellationToken cancellationToken)
    {
        using var stream = new AnswerStream(response, call);
        await using var source = events.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var next = source.MoveNextAsync();
            if (!next.IsCompleted || stream.written - stream.flushed > FlushBytes) await stream.FlushAsync(cancellationToken);
            if (!await next) throw new InvalidOperationException("The backend ended without saying how.");
            switch (source.Current)
            {
                case InferenceDelta { IsSignOfLife: true }: break; // no client's software knows an empty chunk

                case InferenceDelta delta:
                    stream.WriteDelta(delta);
                    break;

                case InferenceEnd end:
                    stream.WriteEnd(end);
                    await stream.FlushAsync(cancellationToken);
                    return;

                case InferenceFailure failure when stream.written == 0:
                    await OpenAiAnswer.RefuseAsync(response, OpenAiErrors.From(failure.Refusal, prompt: call.Operation.Prompt));
                    return;

                case InferenceFailure failure:
                    stream.WriteFailure(OpenAiErrors.From(failure.Refusal, prompt: call.Operation.Prompt));
                    await stream.FlushAsync(cancellationToken);
                    return;
            }
        }
    }

    public void Dispose() => json.Dispose();

    /// <summary><c>data: {"id":…,"object":…,"created":…,"model":…</c>, without the closing brace.</summary>
    private byte[] Head()
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        bytes.Write("data: "u8);
        using var writer = new Utf8JsonWriter(bytes, OpenAiAnswer.Relaxed);
        writer.WriteStartObject();
        WholeAnswer.WriteHead(writer, call, chat ? "chat.completion.chunk"u8 : "text_completion"u8);
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    private void WriteDelta(InferenceDelta delta)
    {
        if (!chat)
        {
            StartEvents();
            Write(head);
            WriteText(""","choices":[{"index":0,"text":"""u8, delta.Text, ""","logprobs":null,"finish_reason":null}]"""u8);
            return;
        }

        var calls = delta.ToolCalls;
        if (calls is not null && call.OneToolCall) calls = [.. calls.Where(piece => piece.Index == 0)];
        StartChat(speaks: delta.Text.Length > 0);
        if (delta.Text.Length > 0)
        {
            Write(head);
            WriteText(""","choices":[{"index":0,"delta":{"content":"""u8, delta.Text, """},"logprobs":null,"finish_reason":null}]"""u8);
        }

        if (calls is not { Count: > 0 }) return;
        Write(head);
        Write(""","choices":[{"index":0,"delta":{"tool_calls":"""u8);
        json.Reset();
        OpenAiToolCalls.Write(json, calls);
        json.Flush();
        written += json.BytesCommitted;
        Write("""},"logprobs":null,"finish_reason":null}]"""u8);
        CloseChunk();
    }

    /// <summary>The reason, usage and proof id; usage and proof id stand in a chunk of their own where the client asked for that.</summary>
    private void WriteEnd(InferenceEnd end)
    {
        if (chat) StartChat(speaks: true);
        else StartEvents();
        Write(head);
        Write(chat ? ""","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"""u8 : ""","choices":[{"index":0,"text":"","logprobs":null,"finish_reason":"""u8);
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
        WholeAnswer.WriteUsage(json, end);
        WholeAnswer.WriteProofId(json, call.Request.RequestId);
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

    /// <summary>The role, once, when the first delta is there. An answer that begins with a tool call has no content, as it is with OpenAI.</summary>
    private void StartChat(bool speaks)
    {
        if (written > 0) return;
        StartEvents();
        Write(head);
        Write(""","choices":[{"index":0,"delta":{"role":"assistant","content":"""u8);
        Write(speaks ? "\"\""u8 : "null"u8);
        Write("""},"logprobs":null,"finish_reason":null}]"""u8);
        CloseChunk();
    }

    /// <summary>Headers, once: until the first delta a failure can still have its own status.</summary>
    private void StartEvents()
    {
        if (response.HasStarted || response.ContentType is not null) return;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    private void WriteText(ReadOnlySpan<byte> before, string text, ReadOnlySpan<byte> after)
    {
        Write(before);
        json.Reset();
        json.WriteStringValue(text);
        json.Flush();
        written += json.BytesCommitted;
        Write(after);
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
