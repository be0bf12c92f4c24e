using System.Security.Cryptography;
using System.Text.Json;
using FedAi.Daemon.Accounts;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.OpenAi;

/// <summary>Answers a POST of work: reads its body, has it done, and sends the answer whole, as it is made, or as a job to ask for later. The backend is the caller's own: a key may be allowed less.</summary>
internal sealed class OpenAiCalls(JobStore jobs, CacheKeys cacheKeys, ApiOptions options, TimeProvider time)
{
    public async Task AnswerAsync(HttpContext context, OpenAiOperation operation, IInferenceBackend backend)
    {
        var (call, error) = await ReadAsync(context, operation, backend);
        if (call is null)
        {
            await OpenAiAnswer.RefuseAsync(context.Response, error!);
            return;
        }

        OpenAiMetrics.UnknownMembers.Add(call.UnknownMembers);
        if (call.Stream)
            await AnswerStream.WriteAsync(context.Response, call, backend.RunAsync(call.Request, context.RequestAborted), context.RequestAborted);
        else if (JobEndpoints.IsWanted(context.Request.Headers))
            await JobEndpoints.AcceptAsync(context.Response, jobs.Start(call, OpenAiEdge.CallerOf(context), cancellationToken => WholeAnswer.CollectAsync(call, backend.RunAsync(call.Request, cancellationToken))));
        else
            await OpenAiAnswer.WriteAsync(context.Response, await WholeAnswer.CollectAsync(call, backend.RunAsync(call.Request, context.RequestAborted)));
    }

    private async Task<(OpenAiCall? Call, OpenAiError? Error)> ReadAsync(HttpContext context, OpenAiOperation operation, IInferenceBackend backend)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            if (!PrivacyHeader.TryRead(context.Request.Headers, options.Privacy, backend.MaxPrivacy, out var level, out var problem)) return (null, problem);
            var salt = Convert.ToBase64String(RandomNumberGenerator.GetBytes(PromptHash.SaltBytes));
            var (call, error) = OpenAiMapping.ToCall(operation, body.RootElement, backend.Models, OpenAiEdge.RequestId(context), salt);
            if (call is null) return (null, error);
            return (call with { Created = time.GetUtcNow().ToUnixTimeSeconds(), Request = call.Request with { PrivacyLevel = level, CacheKey = cacheKeys.Of(OpenAiEdge.CallerOf(context), call.Request) } }, null);
        }
        catch (JsonException exception)
        {
            // The parser's own words quote the body; where it stopped is enough.
            return (null, OpenAiErrors.From(context.Request.ContentLength == 0
                ? new Refusal(ErrorCode.EmptyBody)
                : new Refusal(ErrorCode.InvalidJson, $"The body is not JSON, or is nested too deeply: see line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.")));
        }
    }
}
