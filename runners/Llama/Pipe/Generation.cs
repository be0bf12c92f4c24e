using System.Text.Json;

namespace FedAi.Runners.Llama.Pipe;

/// <summary>One request as the model needs it; nothing here says who asked. Messages win over the prompt.</summary>
internal sealed record Generation
{
    public IReadOnlyList<Message>? Messages { get; init; }
    public string? Prompt { get; init; }

    /// <summary>Tools that the model is told of, each as the template is given it; null: none.</summary>
    public IReadOnlyList<JsonElement>? Tools { get; init; }

    public required int MaxTokens { get; init; }

    /// <summary>The same seed makes the same choices.</summary>
    public required uint Seed { get; init; }

    /// <summary>0 takes the likeliest token, always.</summary>
    public required float Temperature { get; init; }
    public required int TopK { get; init; }
    public required float TopP { get; init; }
    public required float MinP { get; init; }
    public required float PresencePenalty { get; init; }
    public required float FrequencyPenalty { get; init; }
    public required IReadOnlyList<string> Stop { get; init; }
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>What the answer must look like, in GBNF, with <c>root</c> as its beginning. Null: anything.</summary>
    public string? Grammar { get; init; }

    /// <summary>What the grammar describes is JSON that can be ended with so many bytes; when no more tokens are left, it is brought to its end. 0: it may break off.</summary>
    public int ClosingBytes { get; init; }

    /// <summary>So many bytes more for each bracket that is open.</summary>
    public int LevelBytes { get; init; }

    /// <summary>With these the grammar holds only from the first of these texts on, which belongs to what it describes; before, anything goes. None: from the beginning.</summary>
    public IReadOnlyList<string> GrammarTriggers { get; init; } = [];

    /// <summary>Writes the model's own markers (as <c>[TOOL_CALLS]</c>) into the answer, where a vocabulary keeps them from being text.</summary>
    public bool Markers { get; init; }

    /// <summary>Requests with the same key may share what the model remembers of a common beginning; without one nothing is kept (DECISIONS E20).</summary>
    public string? CacheKey { get; init; }
}
