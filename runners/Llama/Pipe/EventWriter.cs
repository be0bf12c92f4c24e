using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FedAi.Runners.Llama.Pipe;

/// <summary>
/// Writes events into one reused buffer and hands them to the pipe in one call when told to flush: a write for every
/// token of a fast model would cost more than the token. Used by one thread.
/// </summary>
internal sealed class EventWriter : IDisposable
{
    private readonly Stream pipe;
    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Utf8JsonWriter json;

    public EventWriter(Stream pipe)
    {
        this.pipe = pipe;
        // The reader is ours, not a browser: characters need no escapes.
        json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    public bool HasUnwritten => buffer.WrittenCount > 0;

    public void Loading(int percent) => Line(0, "loading"u8, percent);

    public void Ready(int contextTokens, string template, string? tools, bool embedsOnly, int gpuLayers, bool locked)
    {
        Begin(0, "ready"u8, contextTokens);
        json.WriteString("text"u8, template);
        if (tools is not null) json.WriteString("tools"u8, tools);
        json.WriteBoolean("embeds"u8, embedsOnly);
        json.WriteNumber("gpu"u8, gpuLayers);
        json.WriteBoolean("locked"u8, locked);
        End();
    }

    public void Busy() => Line(0, "busy"u8, null);

    public void Started(long id, int inputTokens) => Line(id, "started"u8, inputTokens);

    public void Token(long id, ReadOnlySpan<char> text, int tokens)
    {
        Begin(id, "token"u8, tokens);
        json.WriteString("text"u8, text);
        End();
    }

    public void Vector(long id, int index, ReadOnlySpan<float> values)
    {
        Begin(id, "vector"u8, index);
        json.WriteBase64String("text"u8, MemoryMarshal.AsBytes(values));
        End();
    }

    public void Final(long id, string reason, int inputTokens, int outputTokens, int cachedTokens)
    {
        Begin(id, "final"u8, inputTokens);
        json.WriteString("text"u8, reason);
        json.WriteNumber("out"u8, outputTokens);
        json.WriteNumber("cached"u8, cachedTokens);
        End();
    }

    public void Error(long id, string code, string hint)
    {
        Begin(id, "error"u8, null);
        json.WriteString("text"u8, code);
        json.WriteString("hint"u8, hint);
        End();
    }

    public void Flush()
    {
        if (buffer.WrittenCount == 0) return;
        pipe.Write(buffer.WrittenSpan);
        pipe.Flush();
        buffer.ResetWrittenCount();
    }

    public void Dispose() => json.Dispose();

    private void Line(long id, ReadOnlySpan<byte> kind, int? count)
    {
        Begin(id, kind, count);
        End();
    }

    private void Begin(long id, ReadOnlySpan<byte> kind, int? count)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, id);
        json.WriteString("ev"u8, kind);
        if (count is { } number) json.WriteNumber("n"u8, number);
    }

    private void End()
    {
        json.WriteEndObject();
        json.Flush();
        json.Reset();
        buffer.Write("\n"u8);
    }
}
