using System.Security.Cryptography;
using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.OpenAi;

/// <summary>The OpenAI-compatible surface at /v1, the same on a gateway and on a router (DECISIONS E23).</summary>
internal static class OpenAiEndpoints
{
    /// <summary>Maps /v1 and returns its group, for addresses that only one role has.</summary>
    public static RouteGroupBuilder MapOpenAi(this IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup(OpenAiAnswer.Root);
        v1.AddEndpointFilter(OpenAiEdge.AdmitAsync);
        v1.MapPost("/chat/completions", ChatAsync);
        v1.MapGet("/models", ModelsAsync);
        v1.MapGet("/models/{**id}", ModelAsync);
        return v1;
    }

    private static async Task ChatAsync(HttpContext context, IInferenceBackend backend, TimeProvider time)
    {
        var (call, error) = await ReadAsync(context, backend);
        if (call is null)
        {
            await OpenAiAnswer.RefuseAsync(context.Response, error!);
            return;
        }

        OpenAiMetrics.UnknownMembers.Add(call.UnknownMembers);
        var created = time.GetUtcNow().ToUnixTimeSeconds();
        var events = backend.RunAsync(call.Request, context.RequestAborted);
        await (call.Stream
            ? ChatStream.WriteAsync(context.Response, call, created, events, context.RequestAborted)
            : ChatAnswer.WriteAsync(context.Response, call, created, events));
    }

    private static Task ModelsAsync(HttpContext context, IInferenceBackend backend) =>
        OpenAiAnswer.WriteAsync(context.Response, json => ModelAnswer.WriteList(json, backend.Models));

    private static Task ModelAsync(HttpContext context, string id, IInferenceBackend backend)
    {
        // Clients escape the slash of org/model, and the server leaves that one escape in place.
        var name = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return backend.Models.FirstOrDefault(model => model.Id == name) is { } found
            ? OpenAiAnswer.WriteAsync(context.Response, json => ModelAnswer.Write(json, found))
            : OpenAiAnswer.RefuseAsync(context.Response, OpenAiErrors.From(new Refusal(ErrorCode.ModelNotFound)));
    }

    private static async Task<(ChatCall? Call, OpenAiError? Error)> ReadAsync(HttpContext context, IInferenceBackend backend)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            if (!PrivacyHeader.TryRead(context.Request.Headers, backend.MaxPrivacy, out var level, out var problem)) return (null, problem);
            var salt = Convert.ToBase64String(RandomNumberGenerator.GetBytes(PromptHash.SaltBytes));
            var (call, error) = OpenAiMapping.ToCall(body.RootElement, backend.Models, OpenAiEdge.RequestId(context), salt);
            return (call is null ? null : call with { Request = call.Request with { PrivacyLevel = level } }, error);
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
