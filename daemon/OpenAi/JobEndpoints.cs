using System.Globalization;
using System.Text.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>
/// Long jobs without an open connection: a POST with <c>Prefer: respond-async</c> (RFC 7240 §4.1) is answered with 202 and a Location, where
/// the result can be fetched once, or the job deleted.
/// </summary>
internal static class JobEndpoints
{
    private const string Preference = "respond-async";
    private const string Place = OpenAiAnswer.Root + "/fedai/jobs/";
    private const int RetrySeconds = 1;

    private static readonly Refusal Unknown = new(ErrorCode.NotFound,
        "There is no such job of yours: a result is kept in memory for a while (ten minutes, unless the operator has it otherwise), and is gone once it was fetched.");

    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/fedai/jobs/{id}", FindAsync).WithMetadata(new OpenApiOperation("getJob", "State of a job, and its result once, which is then forgotten.", "Job"));
        v1.MapDelete("/fedai/jobs/{id}", DeleteAsync).WithMetadata(new OpenApiOperation("deleteJob", "Cancels a job, or forgets its result.", "DeletedJob"));
    }

    /// <summary>Whether the client would rather come back for the answer.</summary>
    public static bool IsWanted(IHeaderDictionary headers) =>
        headers.TryGetValue("Prefer", out var preferences)
        && preferences.Any(line => line?.Split([',', ';'], StringSplitOptions.TrimEntries).Contains(Preference, StringComparer.OrdinalIgnoreCase) == true);

    public static Task AcceptAsync(HttpResponse response, (Job? Job, Refusal? Refusal) started)
    {
        if (started.Job is not { } job) return OpenAiAnswer.RefuseAsync(response, OpenAiErrors.From(started.Refusal!));
        response.Headers.Location = Place + job.Id;
        response.Headers["Preference-Applied"] = Preference;
        return WriteAsync(response, job, result: null, StatusCodes.Status202Accepted);
    }

    private static async Task FindAsync(HttpContext context, string id, JobStore jobs)
    {
        // Of several that ask at once, whoever takes a result away has it.
        OpenAiResult? result = null;
        if (jobs.Find(OpenAiOperation.RequestIdOf(id), OpenAiEdge.CallerOf(context)) is not { } job || ((result = job.Result) is not null && !jobs.Remove(job)))
        {
            await OpenAiAnswer.RefuseAsync(context.Response, OpenAiErrors.From(Unknown));
            return;
        }

        var arrived = false;
        try
        {
            await WriteAsync(context.Response, job, result, StatusCodes.Status200OK);
            arrived = await context.Response.BodyWriter.FlushAsync() is { IsCompleted: false } && !context.RequestAborted.IsCancellationRequested;
        }
        finally
        {
            // Whoever lost the connection meanwhile can ask again.
            if (result is not null && !arrived) jobs.Return(job);
        }
    }

    private static Task DeleteAsync(HttpContext context, string id, JobStore jobs)
    {
        if (jobs.Find(OpenAiOperation.RequestIdOf(id), OpenAiEdge.CallerOf(context)) is not { } job) return OpenAiAnswer.RefuseAsync(context.Response, OpenAiErrors.From(Unknown));
        jobs.Remove(job);
        return OpenAiAnswer.WriteAsync(context.Response, OpenAiAnswer.ToJson(json =>
        {
            json.WriteString("id"u8, job.Id);
            json.WriteString("object"u8, "fedai.job"u8);
            json.WriteBoolean("deleted"u8, true);
        }));
    }

    private static Task WriteAsync(HttpResponse response, Job job, OpenAiResult? result, int status)
    {
        if (result is null) response.Headers.RetryAfter = RetrySeconds.ToString(CultureInfo.InvariantCulture);
        return OpenAiAnswer.WriteAsync(response, OpenAiAnswer.ToJson(json => Write(json, job, result)), status);
    }

    private static void Write(Utf8JsonWriter json, Job job, OpenAiResult? result)
    {
        json.WriteString("id"u8, job.Id);
        json.WriteString("object"u8, "fedai.job"u8);
        json.WriteString("endpoint"u8, job.Path);
        json.WriteString("status"u8, result is null ? "in_progress"u8 : result.Error is null ? "completed"u8 : "failed"u8);
        json.WriteNumber("created_at"u8, job.Created.ToUnixTimeSeconds());
        if (result is null) return;
        json.WriteNumber("expires_at"u8, job.Ends.ToUnixTimeSeconds());
        if (result.Error is { } error)
        {
            json.WriteNumber("status_code"u8, error.Status);
            OpenAiAnswer.WriteError(json, error);
        }
        else
        {
            json.WritePropertyName("result"u8);
            json.WriteRawValue(result.Json.Span, skipInputValidation: true);
        }
    }
}
