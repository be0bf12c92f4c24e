namespace FedAi.Runners.Llama.Pipe;

/// <summary>One request as the model needs it; nothing here says who asked. Messages win over the prompt.</summary>
internal sealed record Generation
{
    public IReadOnlyList<Message>? Messages { get; init; }
    public string? Prompt { get; init; }
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
}
