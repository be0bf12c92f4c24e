using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FedAi.Daemon.OpenAi;

/// <summary>Writes JSON answers of /v1: bodies, and errors in OpenAI's shape.</summary>
internal static class OpenAiAnswer
{
    /// <summary>Where the surface lies; everything below it answers in OpenAI's shape, whoever answers.</summary>
    public const string Root = "/v1";

    /// <summary>Text stays readable and short: answers are JSON, never HTML.</summary>
    public static JsonWriterOptions Relaxed { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>An object with the members that are written.</summary>
    public static ReadOnlyMemory<byte> ToJson(Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(body, Relaxed);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    public static Task WriteAsync(HttpResponse response, OpenAiResult result) =>
        result.Error is { } error ? RefuseAsync(response, error) : WriteAsync(response, result.Json);

    public static Task WriteAsync(HttpResponse response, ReadOnlyMemory<byte> body, int status = StatusCodes.Status200OK)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body).AsTask();
    }

    public static Task RefuseAsync(HttpResponse response, OpenAiError error)
    {
        if (error.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (error.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        return WriteAsync(response, ToJson(json => WriteError(json, error)), error.Status);
    }

    /// <summary>The member <c>error</c>.</summary>
    public static void WriteError(Utf8JsonWriter json, OpenAiError error)
    {
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, error.Message);
        json.WriteString("type"u8, error.Type);
        json.WriteString("param"u8, error.Param);
        json.WriteString("code"u8, error.Code);
        if (error.Loading is { } loading)
        {
            json.WriteStartObject("loading"u8);
            json.WriteNumber("progress_percent"u8, loading.Percent);
            if (loading.EtaMs is { } eta) json.WriteNumber("eta_seconds"u8, Math.Ceiling(eta / 1000.0));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
