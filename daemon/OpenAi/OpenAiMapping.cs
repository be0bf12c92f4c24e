using System.Globalization;
using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.OpenAi;

/// <summary>From a body of OpenAI's API to an <see cref="InferenceRequest"/> (DECISIONS E2, E16). Pure.</summary>
internal static class OpenAiMapping
{
    /// <summary>Lets this surface choose among the models it knows.</summary>
    public const string AnyModel = "auto";

    /// <summary>For a model that is not in the list: whoever serves it knows its limits, and refuses less often when asked for little.</summary>
    private const int UnknownModelMaxTokens = 256;

    /// <summary>Reads the body. Exactly one of the two results is set.</summary>
    public static (OpenAiCall? Call, OpenAiError? Error) ToCall(OpenAiOperation operation, JsonElement body, IReadOnlyList<OpenAiModel> models, string requestId, string salt)
    {
        var reader = new BodyReader();
        var draft = new CallDraft(requestId, salt);
        var unknown = body.ValueKind == JsonValueKind.Object
            ? ReadMembers(operation, body, draft, reader)
            : Refused(reader, $"The body must be a JSON object with {string.Join(" and ", operation.Parameters.Where(parameter => parameter.Required).Select(parameter => parameter.Name))}.");
        if (operation == OpenAiOperation.Chat && reader.Problem is null) ChatParameters.Finish(draft, reader);
        if (reader.Problem is not null) return (null, reader.Problem);

        var request = draft.Request;
        request = request with { JobType = operation == OpenAiOperation.Embedding ? RouterJobType.Embedding : null };
        var model = request.ModelId == AnyModel ? First(models, request) : models.FirstOrDefault(known => known.Id == request.ModelId);
        request = request with { ModelId = model?.Id ?? request.ModelId };
        if (model is not null) CheckFeatures(request, model, reader);
        request = request with { MaxTokens = operation == OpenAiOperation.Embedding ? CheckInputs(request, model, reader) : MaxTokens(operation, request, model, draft.MaxTokens, reader) };
        return reader.Problem is { } problem
            ? (null, problem)
            : (new OpenAiCall(operation, request with { CacheKey = draft.PromptCacheKey })
            {
                Stream = draft.Stream,
                IncludeUsage = draft.IncludeUsage,
                OneToolCall = draft.OneToolCall,
                Base64 = draft.Base64,
                Dimensions = draft.Dimensions,
                UnknownMembers = unknown,
            }, null);
    }

    /// <summary>Runs the row of every member; gives how many have none.</summary>
    private static int ReadMembers(OpenAiOperation operation, JsonElement body, CallDraft draft, BodyReader reader)
    {
        var unknown = 0;
        var missing = operation.Parameters.Where(parameter => parameter.Required).ToList();
        foreach (var (name, value) in reader.Members(body, null))
        {
            if (reader.Problem is not null) break;
            if (!operation.ByName.TryGetValue(name, out var parameter))
            {
                unknown++;
                continue;
            }

            parameter.Read(draft, value, reader);
            missing.Remove(parameter);
        }

        if (missing is [var first, ..]) reader.Refuse(first.Name, $"{first.Name} is missing. {first.Description}");
        if (draft.Request.ModelId.Length == 0) reader.Refuse("model", "model is empty: GET /v1/models lists those that are served.");
        return unknown;
    }

    private static int Refused(BodyReader reader, string what)
    {
        reader.Refuse(null, what);
        return 0;
    }

    /// <summary>The first model that can do this; else the first of the right kind, so that what it lacks is said.</summary>
    private static OpenAiModel? First(IReadOnlyList<OpenAiModel> models, InferenceRequest request)
    {
        var needed = ModelFeatures.NeededBy(request);
        OpenAiModel[] kind = [.. models.Where(model => request.JobType == RouterJobType.Embedding || model.Generates)];
        return kind.FirstOrDefault(model => !needed.Except(model.Features).Any()) ?? (kind.Length > 0 ? kind[0] : models.Count > 0 ? models[0] : null);
    }

    private static void CheckFeatures(InferenceRequest request, OpenAiModel model, BodyReader reader)
    {
        if (request.JobType != RouterJobType.Embedding && !model.Generates)
            reader.Refuse(ErrorCode.UnsupportedParameter, "model", $"{model.Id} makes embeddings only: use /v1/embeddings, or ask another model.");
        switch (ModelFeatures.NeededBy(request).Except(model.Features).FirstOrDefault())
        {
            case ModelFeatures.Tools: reader.Refuse(ErrorCode.UnsupportedParameter, "tools", $"{model.Id} knows no tools here: leave tools out, or ask another model."); break;
            case ModelFeatures.Json: reader.Refuse(ErrorCode.UnsupportedParameter, "response_format", $"{model.Id} cannot be held to a format here: leave response_format out, or ask another model."); break;
            case ModelFeatures.Embeddings: reader.Refuse(ErrorCode.UnsupportedParameter, "model", $"{model.Id} makes no embeddings here; ask another model."); break;
        }
    }

    /// <summary>What the client asked for, a ceiling, or as much as the model writes; never more than fits (DECISIONS E2).</summary>
    private static long MaxTokens(OpenAiOperation operation, InferenceRequest request, OpenAiModel? model, long? asked, BodyReader reader)
    {
        if (model is null) return asked ?? UnknownModelMaxTokens;
        var prompt = TokenEstimate.Of(request);
        var room = model.ContextWindow > 0 ? model.ContextWindow - prompt : long.MaxValue;
        if (room < 1)
        {
            reader.Refuse(ErrorCode.ContextWindowExceeded, operation.Prompt, string.Create(CultureInfo.InvariantCulture,
                $"{model.Id} has a context of {model.ContextWindow} tokens; the prompt has about {prompt}, which leaves no room for an answer: send fewer or shorter messages."));
        }

        var most = model.MaxTokens > 0 ? model.MaxTokens : asked ?? UnknownModelMaxTokens;
        return Math.Min(Math.Min(asked ?? most, most), room);
    }

    /// <summary>Each text must fit into the context by itself. Embeddings write no tokens, but the wire wants a limit of at least one.</summary>
    private static long CheckInputs(InferenceRequest request, OpenAiModel? model, BodyReader reader)
    {
        if (model is { ContextWindow: > 0 } && TokenEstimate.Longest(request) > model.ContextWindow)
            reader.Refuse(ErrorCode.ContextWindowExceeded, "input", $"{model.Id} has a context of {model.ContextWindow} tokens, and a text of input has more: cut it into shorter ones.");
        return 1;
    }
}
