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

    public static Task WriteAsync(HttpResponse response, Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body, Relaxed))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = body.WrittenCount;
        return response.Body.WriteAsync(body.WrittenMemory).AsTask();
    }

    public static Task RefuseAsync(HttpResponse response, OpenAiError error)
    {
        if (error.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (error.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        return WriteAsync(response, json => WriteError(json, error), error.Status);
    }

    /// <summary>The member <c>error</c>.</summary>
    public static void WriteError(Utf8JsonWriter json, OpenAiError error)
    {
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, error.Message);
        json.WriteString("type"u8, error.Type);
        json.WriteString("param"u8, error.Param);
        json.WriteString("code"u8, error.Code);
        json.WriteEndObject();
    }
}
