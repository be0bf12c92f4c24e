using System.Globalization;
using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.OpenAi;

/// <summary>From an OpenAI chat body to an <see cref="InferenceRequest"/> (DECISIONS E2). Pure.</summary>
internal static class OpenAiMapping
{
    /// <summary>Lets this surface choose among the models it knows.</summary>
    public const string AnyModel = "auto";

    /// <summary>For a model that is not in the list: whoever serves it knows its limits, and refuses less often when asked for little.</summary>
    private const int UnknownModelMaxTokens = 256;

    private const int MaxModelChars = 256;
    private const int MaxTokensLimit = 10_000_000;
    private const int MaxStops = 4;
    private const int MaxStopChars = 256;
    private const int MaxBiases = 1024;

    /// <summary>Integers up to here survive canonical JSON (WIRE 3.1).</summary>
    private const long MaxExactInteger = (1L << 53) - 1;

    /// <summary>Reads the body. Exactly one of the two results is set.</summary>
    public static (ChatCall? Call, OpenAiError? Error) ToCall(JsonElement body, IReadOnlyList<OpenAiModel> models, string requestId, string salt)
    {
        var reader = new BodyReader();
        if (body.ValueKind != JsonValueKind.Object)
        {
            reader.Refuse(null, "The body must be a JSON object with model and messages.");
            return (null, reader.Problem);
        }

        var request = new InferenceRequest { RequestId = requestId, ModelId = "", Prompt = "", MaxTokens = 0, Salt = salt };
        (string Param, long Tokens)? limit = null;
        var stream = false;
        var includeUsage = false;
        var unknown = 0;
        foreach (var (name, value) in reader.Members(body, null))
        {
            if (reader.Problem is not null) break;
            switch (name)
            {
                case "model": request = request with { ModelId = reader.Text(value, name, MaxModelChars) ?? "" }; break;
                case "messages": request = request with { Messages = OpenAiMessages.Read(value, reader) }; break;
                case "max_completion_tokens" or "max_tokens":
                    // The older name gives way, whichever comes first.
                    if (reader.Integer(value, name, 1, MaxTokensLimit) is { } tokens && (limit is null || name == "max_completion_tokens")) limit = (name, tokens);
                    break;
                case "temperature": request = request with { Temperature = reader.Number(value, name, 0, 2) }; break;
                case "top_p": request = request with { TopP = reader.Number(value, name, 0, 1) }; break;
                case "top_k": request = request with { TopK = reader.Integer(value, name, 0, int.MaxValue) }; break;
                case "min_p": request = request with { MinP = reader.Number(value, name, 0, 1) }; break;
                case "seed": request = request with { Seed = reader.Integer(value, name, long.MinValue, long.MaxValue) & MaxExactInteger }; break;
                case "presence_penalty": request = request with { PresencePenalty = reader.Number(value, name, -2, 2) }; break;
                case "frequency_penalty": request = request with { FrequencyPenalty = reader.Number(value, name, -2, 2) }; break;
                case "stop": request = request with { Stop = Stops(value, reader) }; break;
                case "logit_bias": request = request with { LogitBias = Biases(value, reader) }; break;
                case "stream": stream = reader.Flag(value, name) ?? false; break;
                case "stream_options": includeUsage = IncludeUsage(value, reader); break;
                default: unknown += FixedParameters.TryRead(name, value, reader) ? 0 : 1; break;
            }
        }

        if (request.ModelId.Length == 0) reader.Refuse("model", "model is missing: GET /v1/models lists those that are served.");
        if (request.Messages is null) reader.Refuse("messages", "messages is missing: send an array of messages.");
        if (reader.Problem is not null) return (null, reader.Problem);

        var model = request.ModelId == AnyModel && models.Count > 0 ? models[0] : models.FirstOrDefault(known => known.Id == request.ModelId);
        request = request with { ModelId = model?.Id ?? request.ModelId };
        var maxTokens = MaxTokens(request, model, limit, reader);
        return reader.Problem is { } problem
            ? (null, problem)
            : (new ChatCall(request with { MaxTokens = maxTokens }, stream, includeUsage, unknown), null);
    }

    /// <summary>What the client asked for, if the model can do it; else as much as fits (DECISIONS E2).</summary>
    private static long MaxTokens(InferenceRequest request, OpenAiModel? model, (string Param, long Tokens)? asked, BodyReader reader)
    {
        if (model is null) return asked?.Tokens ?? UnknownModelMaxTokens;
        if (asked is { } limit && model.MaxTokens > 0 && limit.Tokens > model.MaxTokens)
            reader.Refuse(ErrorCode.MaxTokensExceeded, limit.Param, $"{limit.Param} is {limit.Tokens}, but {model.Id} answers with at most {model.MaxTokens} tokens here: ask for less, or leave it out.");

        var prompt = TokenEstimate.Of(request);
        var room = model.ContextWindow > 0 ? model.ContextWindow - prompt : long.MaxValue;
        if (room < (asked?.Tokens ?? 1))
        {
            var answer = asked is null ? "" : string.Create(CultureInfo.InvariantCulture, $", and {asked.Value.Tokens} are to be written");
            reader.Refuse(ErrorCode.ContextWindowExceeded, "messages", string.Create(CultureInfo.InvariantCulture,
                $"{model.Id} has a context of {model.ContextWindow} tokens; the messages have about {prompt}{answer}: send fewer or shorter messages, or ask for fewer tokens."));
        }

        return asked?.Tokens ?? Math.Min(model.MaxTokens > 0 ? model.MaxTokens : UnknownModelMaxTokens, room);
    }

    private static IReadOnlyList<string>? Stops(JsonElement value, BodyReader reader)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null: return null;
            case JsonValueKind.String: return [Stop(value, "stop", reader)];
            case JsonValueKind.Array when value.GetArrayLength() <= MaxStops:
                return [.. value.EnumerateArray().Select((item, index) => Stop(item, $"stop[{index}]", reader))];
            case JsonValueKind.Array: reader.Refuse("stop", $"stop has too many items: at most {MaxStops}."); return null;
            default: reader.Wrong("stop", "a string or an array of strings", value); return null;
        }
    }

    private static string Stop(JsonElement value, string param, BodyReader reader)
    {
        var stop = reader.Text(value, param, MaxStopChars);
        if (stop is { Length: 0 }) reader.Refuse(param, $"{param} is empty, which would end every answer at once; leave it out.");
        return stop ?? "";
    }

    private static Dictionary<string, double>? Biases(JsonElement value, BodyReader reader)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.Object)
        {
            reader.Wrong("logit_bias", "an object of token ids and numbers", value);
            return null;
        }

        var biases = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (token, bias) in reader.Members(value, "logit_bias"))
        {
            if (!int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) reader.Refuse("logit_bias", "logit_bias must have token ids as names, such as \"1234\".");
            else if (reader.Number(bias, $"logit_bias.{id}", -100, 100) is { } number) biases[id.ToString(CultureInfo.InvariantCulture)] = number;
            if (biases.Count > MaxBiases) reader.Refuse("logit_bias", $"logit_bias has too many members: at most {MaxBiases}.");
            if (reader.Problem is not null) return null;
        }

        return biases.Count > 0 ? biases : null;
    }

    private static bool IncludeUsage(JsonElement value, BodyReader reader)
    {
        if (value.ValueKind == JsonValueKind.Null) return false;
        if (value.ValueKind == JsonValueKind.Object)
            return value.TryGetProperty("include_usage", out var include) && (reader.Flag(include, "stream_options.include_usage") ?? false);
        reader.Wrong("stream_options", "an object", value);
        return false;
    }
}
