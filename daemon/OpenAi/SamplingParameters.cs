using System.Globalization;
using System.Text.Json;
using static FedAi.Daemon.OpenAi.BodyParameter;

namespace FedAi.Daemon.OpenAi;

/// <summary>Parameters that every text has in common: which model, how its tokens are chosen, where it ends, how it is sent.</summary>
internal static class SamplingParameters
{
    public const int MaxModelChars = 256;

    private const int MaxTokensLimit = 10_000_000;
    private const int MaxStops = 16;
    private const int MaxStopChars = 256;
    private const int MaxBiases = 1024;
    private const int MaxCacheKeyChars = 1024;

    private static readonly string LimitSchema = $$"""{"type":["integer","null"],"not":{"const":0},"minimum":-1,"maximum":{{MaxTokensLimit}} }""";

    /// <summary>Integers up to here survive canonical JSON (WIRE 3.1).</summary>
    private const long MaxExactInteger = (1L << 53) - 1;

    public static BodyParameter Model { get; } = Honoured("model", """{"type":"string","minLength":1,"maxLength":256}""", "The model's id from GET /v1/models, or auto for the first of them that can do what is asked.",
        (draft, value, reader) => draft.Request = draft.Request with { ModelId = reader.Text(value, "model", MaxModelChars) ?? "" }) with { Required = true };

    public static IReadOnlyList<BodyParameter> All { get; } =
    [
        Model,
        Limit("max_tokens"),
        Honoured("temperature", Number(0, 2), "How far from the likeliest token the choice may go; 0 takes the likeliest.", (draft, value, reader) => draft.Request = draft.Request with { Temperature = reader.Number(value, "temperature", 0, 2) }),
        Honoured("top_p", Number(0, 1), "Takes only the likeliest tokens that together have this probability.", (draft, value, reader) => draft.Request = draft.Request with { TopP = reader.Number(value, "top_p", 0, 1) }),
        Honoured("top_k", Integer(-1, int.MaxValue), "Takes only this many of the likeliest tokens; 0 and -1 take all. Not one of OpenAI's.", (draft, value, reader) => draft.Request = draft.Request with { TopK = IsMinusOne(value) ? 0 : reader.Integer(value, "top_k", 0, int.MaxValue) }),
        Honoured("min_p", Number(0, 1), "Drops tokens less likely than this share of the likeliest. Not one of OpenAI's.", (draft, value, reader) => draft.Request = draft.Request with { MinP = reader.Number(value, "min_p", 0, 1) }),
        Honoured("seed", Integer(long.MinValue, long.MaxValue), "The same seed, model and parameters give the same answer at the same node.", (draft, value, reader) => draft.Request = draft.Request with { Seed = reader.Integer(value, "seed", long.MinValue, long.MaxValue) & MaxExactInteger }),
        Honoured("presence_penalty", Number(-2, 2), "Makes tokens less likely that are there already.", (draft, value, reader) => draft.Request = draft.Request with { PresencePenalty = reader.Number(value, "presence_penalty", -2, 2) }),
        Honoured("frequency_penalty", Number(-2, 2), "Makes tokens less likely each time they are used.", (draft, value, reader) => draft.Request = draft.Request with { FrequencyPenalty = reader.Number(value, "frequency_penalty", -2, 2) }),
        Honoured("stop", """{"oneOf":[{"type":"string","minLength":1,"maxLength":256},{"type":"array","maxItems":16,"items":{"type":"string","minLength":1,"maxLength":256}},{"type":"null"}]}""",
            "Up to 16 texts before which the answer ends, also where they are split over tokens.", (draft, value, reader) => draft.Request = draft.Request with { Stop = Stops(value, reader) }),
        Honoured("logit_bias", """{"type":["object","null"],"maxProperties":1024,"additionalProperties":{"type":"number","minimum":-100,"maximum":100}}""",
            "Makes tokens, by their number in the model, more or less likely.", (draft, value, reader) => draft.Request = draft.Request with { LogitBias = Biases(value, reader) }),
        Honoured("stream", """{"type":["boolean","null"]}""", "Sends the answer as server-sent events while it is made.", (draft, value, reader) => draft.Stream = reader.Flag(value, "stream") ?? false),
        Honoured("stream_options", """{"type":["object","null"],"properties":{"include_usage":{"type":["boolean","null"]}}}""", "include_usage sends the usage in a chunk of its own.", (draft, value, reader) => draft.IncludeUsage = IncludeUsage(value, reader)),
        Honoured("prompt_cache_key", """{"type":["string","null"],"maxLength":1024}""", "Requests with the same key may reuse what a node has read already of the beginning they share. It is hashed with a secret before it leaves.",
            (draft, value, reader) => draft.PromptCacheKey = value.ValueKind == JsonValueKind.Null ? null : reader.Text(value, "prompt_cache_key", MaxCacheKeyChars)),
        WithoutEffect("user", "An end user's id; it stays here."),
        WithoutEffect("metadata", "The client's own notes; they stay here."),
        WithoutEffect("safety_identifier", "An end user's id; it stays here."),
        WithoutEffect("prompt_cache_retention", "Nodes keep what they read in memory for as long as they have room."),
        WithoutEffect("prediction", "A guess at the answer would only make it faster."),
        WithoutEffect("store", "Nothing is stored.", "false"),
        WithoutEffect("service_tier", "There is one tier.", "\"auto\"", "\"default\""),
        Refused("n", "One answer a request: send several requests.", "1"),
    ];

    /// <summary>The older name gives way, whichever comes first.</summary>
    public static BodyParameter Limit(string name, bool newer = false) => Honoured(name, LimitSchema, "The longest answer in tokens; left out, -1, or more than the model writes: as long as fits.", (draft, value, reader) =>
    {
        if (IsMinusOne(value)) return;
        if (reader.Integer(value, name, 1, MaxTokensLimit) is not { } tokens || (draft.NewerLimit && !newer)) return;
        (draft.MaxTokens, draft.NewerLimit) = (tokens, newer);
    });

    private static string Number(double least, double most) => string.Create(CultureInfo.InvariantCulture, $$"""{"type":["number","null"],"minimum":{{least}},"maximum":{{most}}}""");

    private static string Integer(long least, long most) => string.Create(CultureInfo.InvariantCulture, $$"""{"type":["integer","null"],"minimum":{{least}},"maximum":{{most}}}""");

    /// <summary>How clients of llama.cpp write that there is no limit.</summary>
    private static bool IsMinusOne(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number == -1;

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
