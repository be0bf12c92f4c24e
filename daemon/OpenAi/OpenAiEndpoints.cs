using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>The OpenAI-compatible surface at /v1, the same on a gateway and on a router (DECISIONS E23).</summary>
internal static class OpenAiEndpoints
{
    /// <summary>What the endpoints need besides a backend.</summary>
    public static void AddOpenAi(this IServiceCollection services) => services.AddSingleton<OpenAiCalls>().AddSingleton<JobStore>().AddSingleton<CacheKeys>().AddSingleton<ProofStore>();

    /// <summary>Maps /openapi.json and /v1, and returns the group of the latter, for addresses that only one role has.</summary>
    public static RouteGroupBuilder MapOpenAi(this IEndpointRouteBuilder app)
    {
        app.MapDescription();
        var v1 = app.MapGroup(OpenAiAnswer.Root);
        v1.AddEndpointFilter(OpenAiEdge.AdmitAsync);
        v1.MapPost(OpenAiOperation.ChatPath, ChatAsync)
            .WithMetadata(new OpenApiOperation("createChatCompletion", "Answers a conversation, whole or streamed, with tool calls and JSON of a schema.", "ChatCompletion", static () => OpenAiOperation.Chat, "ChatCompletionChunk"));
        v1.MapPost(OpenAiOperation.CompletionPath, CompletionAsync)
            .WithMetadata(new OpenApiOperation("createCompletion", "Goes on with a text, whole or streamed.", "TextCompletion", static () => OpenAiOperation.Completion, "TextCompletion"));
        v1.MapPost(OpenAiOperation.EmbeddingPath, EmbeddingAsync)
            .WithMetadata(new OpenApiOperation("createEmbedding", "Makes normalised vectors of texts.", "EmbeddingList", static () => OpenAiOperation.Embedding));
        v1.MapGet("/models", ModelsAsync).WithMetadata(new OpenApiOperation("listModels", "The models that can be asked now.", "ModelList"));
        v1.MapGet("/models/{**id}", ModelAsync).WithMetadata(new OpenApiOperation("retrieveModel", "One of them; its id may have slashes.", "Model"));
        JobEndpoints.Map(v1);
        v1.MapProofs();
        return v1;
    }

    /// <summary>Maps /openapi.json alone, for a role that has no /v1: it lists every address that is served.</summary>
    public static void MapDescription(this IEndpointRouteBuilder app) => app.MapGet("/openapi.json", DescribeAsync);

    private static Task ChatAsync(HttpContext context, IInferenceBackend backend, OpenAiCalls calls) => calls.AnswerAsync(context, OpenAiOperation.Chat, backend);

    private static Task CompletionAsync(HttpContext context, IInferenceBackend backend, OpenAiCalls calls) => calls.AnswerAsync(context, OpenAiOperation.Completion, backend);

    private static Task EmbeddingAsync(HttpContext context, IInferenceBackend backend, OpenAiCalls calls) => calls.AnswerAsync(context, OpenAiOperation.Embedding, backend);

    private static Task ModelsAsync(HttpContext context, IInferenceBackend backend) =>
        OpenAiAnswer.WriteAsync(context.Response, OpenAiAnswer.ToJson(json => ModelAnswer.WriteList(json, backend.Models)));

    private static Task ModelAsync(HttpContext context, string id, IInferenceBackend backend)
    {
        // Clients escape the slash of org/model, and the server leaves that one escape in place.
        var name = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return backend.Models.FirstOrDefault(model => model.Id == name) is { } found
            ? OpenAiAnswer.WriteAsync(context.Response, OpenAiAnswer.ToJson(json => ModelAnswer.Write(json, found)))
            : OpenAiAnswer.RefuseAsync(context.Response, OpenAiErrors.From(new Refusal(ErrorCode.ModelNotFound)));
    }

    private static Task DescribeAsync(HttpContext context, EndpointDataSource endpoints) =>
        OpenAiAnswer.WriteAsync(context.Response, OpenAiAnswer.ToJson(json => OpenApiDocument.Write(json, endpoints.Endpoints.OfType<RouteEndpoint>())));
}
