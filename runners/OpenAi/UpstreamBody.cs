using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Runners.OpenAi;

/// <summary>From a request to the body that a server with OpenAI's interface takes. Pure. What nobody asked for is left out, and nothing names the asker.</summary>
internal static class UpstreamBody
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The path below the base, and the body.</summary>
    public static (string Path, byte[] Json) Of(InferenceRequest request)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, request.ModelId);
            if (request.JobType == RouterJobType.Embedding) Texts(json, request);
            else Text(json, request);
            json.WriteEndObject();
        }

        var path = request.JobType == RouterJobType.Embedding ? "embeddings" : request.Messages is null ? "completions" : "chat/completions";
        return (path, body.WrittenSpan.ToArray());
    }

    private static void Texts(Utf8JsonWriter json, InferenceRequest request)
    {
        json.WriteStartArray("input"u8);
        foreach (var text in request.Inputs ?? [request.Prompt]) json.WriteStringValue(text);
        json.WriteEndArray();
        json.WriteString("encoding_format"u8, "float"u8);
    }

    private static void Text(Utf8JsonWriter json, InferenceRequest request)
    {
        json.WriteBoolean("stream"u8, true);
        json.WriteStartObject("stream_options"u8);
        json.WriteBoolean("include_usage"u8, true);
        json.WriteEndObject();
        // The older name, which all of them know.
        json.WriteNumber("max_tokens"u8, (long)request.MaxTokens);
        if (request.Messages is { } messages) Messages(json, messages);
        else json.WriteString("prompt"u8, request.Prompt);
        Number(json, "temperature"u8, request.Temperature);
        Number(json, "top_p"u8, request.TopP);
        Number(json, "top_k"u8, request.TopK);
        Number(json, "min_p"u8, request.MinP);
        Number(json, "seed"u8, request.Seed);
        Number(json, "presence_penalty"u8, request.PresencePenalty);
        Number(json, "frequency_penalty"u8, request.FrequencyPenalty);
        if (request.Stop is { Count: > 0 } stops)
        {
            json.WriteStartArray("stop"u8);
            foreach (var stop in stops) json.WriteStringValue(stop);
            json.WriteEndArray();
        }

        if (request.LogitBias is { Count: > 0 } biases)
        {
            json.WriteStartObject("logit_bias"u8);
            foreach (var (token, bias) in biases) json.WriteNumber(token, bias);
            json.WriteEndObject();
        }

        Element(json, "response_format"u8, request.ResponseFormat);
        if (request.Tools is not { ValueKind: JsonValueKind.Array } tools || tools.GetArrayLength() == 0) return;
        Element(json, "tools"u8, tools);
        Element(json, "tool_choice"u8, request.ToolChoice);
    }

    private static void Messages(Utf8JsonWriter json, IReadOnlyList<ChatMessage> messages)
    {
        json.WriteStartArray("messages"u8);
        foreach (var message in messages)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, message.Role);
            // An answer that only called tools said nothing, and some servers make a difference between nothing and an empty text.
            if (message is { Content.Length: 0, ToolCalls.Count: > 0 }) json.WriteNull("content"u8);
            else json.WriteString("content"u8, message.Content);
            if (message.Name is { } name) json.WriteString("name"u8, name);
            if (message.ToolCallId is { } id) json.WriteString("tool_call_id"u8, id);
            if (message.ToolCalls is { Count: > 0 } calls) Calls(json, calls);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Calls(Utf8JsonWriter json, IReadOnlyList<ToolCall> calls)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, call.Id);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, call.Arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
    }

    private static void Element(Utf8JsonWriter json, ReadOnlySpan<byte> name, JsonElement? value)
    {
        if (value is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } element) return;
        json.WritePropertyName(name);
        element.WriteTo(json);
    }
}
