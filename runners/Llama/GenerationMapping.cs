using System.Globalization;
using FedAi.Protocol.Messages;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.Runners.Llama;

/// <summary>
/// Pure: a request as it came over the wire → what the model is told. What cannot be honoured is refused, never ignored:
/// a client that asked for JSON must not get prose. Absent settings are llama.cpp's own defaults.
/// </summary>
internal static class GenerationMapping
{
    private const int MostStops = 16, MostStopCharacters = 256, MostBiases = 1024, MostInputs = 2048;

    /// <summary>Null when vectors can be made of these texts.</summary>
    public static Refusal? Check(IReadOnlyList<string>? inputs) =>
        inputs is { Count: > 0 and <= MostInputs } ? null : new(ErrorCode.InvalidRequest, $"embeddings take 1 to {MostInputs} inputs");

    public static Refusal? TryRead(InferenceRequest request, AnswerForm form, uint seed, int contextTokens, out Generation? generation)
    {
        generation = null;
        if (request.JobType is RouterJobType.Rerank) return Unsupported("this runner generates text only");
        if (request.Messages is { Count: 0 }) return new(ErrorCode.EmptyMessages, "messages must hold at least one message");
        if (request.Messages is null && request.Prompt.Length == 0) return new(ErrorCode.InvalidRequest, "there is neither a prompt nor a message");
        if (!(request.MaxTokens >= 1)) return new(ErrorCode.InvalidRequest, "maxTokens must be at least 1");
        if (request.Stop is { } stops && (stops.Count > MostStops || stops.Any(stop => stop.Length is 0 or > MostStopCharacters)))
            return new(ErrorCode.InvalidRequest, $"stop takes up to {MostStops} texts of 1 to {MostStopCharacters} characters");
        if (OutOfRange(request) is { } range) return new(ErrorCode.InvalidRequest, range);
        if (!TryReadBiases(request.LogitBias, out var biases)) return new(ErrorCode.InvalidRequest, $"logitBias takes up to {MostBiases} token numbers with values from -100 to 100");
        generation = new()
        {
            Messages = request.Messages is { } messages ? [.. messages.Select(message => new Message(message.Role, message.Content) { Name = message.Name, ToolCalls = message.ToolCalls, ToolCallId = message.ToolCallId })] : null,
            Prompt = request.Messages is null ? request.Prompt : null,
            MaxTokens = (int)Math.Min(request.MaxTokens, contextTokens),
            Seed = request.Seed is { } wanted ? Fold(wanted) : seed,
            Temperature = (float)(request.Temperature ?? 0.8),
            TopK = (int)(request.TopK ?? 40),
            TopP = (float)(request.TopP ?? 0.95),
            MinP = (float)(request.MinP ?? 0.05),
            PresencePenalty = (float)(request.PresencePenalty ?? 0),
            FrequencyPenalty = (float)(request.FrequencyPenalty ?? 0),
            Stop = request.Stop ?? [],
            LogitBias = biases,
            CacheKey = request.CacheKey,
            Tools = form.Tools,
            Markers = form.Tools is not null,
            Grammar = form.Grammar,
            GrammarTriggers = form.Trigger is { } trigger ? [trigger] : [],
            ClosingBytes = form.ClosingBytes,
            LevelBytes = form.LevelBytes,
        };
        return null;
    }

    private static string? OutOfRange(InferenceRequest request) =>
        !Within(request.Temperature, 0, 100) ? "temperature must be from 0 to 100"
        : !Within(request.TopP, 0, 1) ? "topP must be from 0 to 1"
        : !Within(request.MinP, 0, 1) ? "minP must be from 0 to 1"
        : !Within(request.TopK, 0, int.MaxValue) ? "topK must be 0 or more"
        : !Within(request.PresencePenalty, -2, 2) ? "presencePenalty must be from -2 to 2"
        : !Within(request.FrequencyPenalty, -2, 2) ? "frequencyPenalty must be from -2 to 2"
        : null;

    private static bool Within(double? value, double least, double most) => value is null || (value >= least && value <= most);

    private static bool TryReadBiases(IReadOnlyDictionary<string, double>? wire, out Dictionary<int, float>? biases)
    {
        biases = null;
        if (wire is null) return true;
        biases = [];
        foreach (var (key, value) in wire)
        {
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var token) || !Within(value, -100, 100)) return false;
            biases[token] = (float)value;
        }
        return biases.Count <= MostBiases;
    }

    /// <summary>llama.cpp's seeds have 32 bits: those stay what they are, except the highest, which would mean "any".</summary>
    private static uint Fold(long seed) => unchecked((uint)seed + 31 * (uint)(seed >> 32)) % uint.MaxValue;

    private static Refusal Unsupported(string hint) => new(ErrorCode.UnsupportedParameter, hint);
}
