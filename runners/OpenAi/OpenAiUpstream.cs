using FedAi.Protocol.Rules;

namespace FedAi.Runners.OpenAi;

/// <summary>A server with OpenAI's interface (vLLM, Ollama, llama-server, LM Studio) whose models this node shares, as its operator described it.</summary>
public sealed record OpenAiUpstream
{
    /// <summary>Where its interface lies, with <c>/v1</c> and a slash at the end.</summary>
    public required Uri Base { get; init; }

    /// <summary>Sent as bearer; never shown, logged or passed on.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The only models to share; empty shares all that it serves.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Tokens of prompt and answer together where the server does not say.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>What its models can do (<see cref="ModelFeatures"/>): no such server tells.</summary>
    public IReadOnlyList<string> Features { get; init; } = [ModelFeatures.Tools, ModelFeatures.Json];

    /// <summary>How long it may take until the first event; it may have to load the model first, and to read a long prompt.</summary>
    public TimeSpan FirstToken { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>How long it may be silent after that.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The address alone: a record would show its key.</summary>
    public override string ToString() => Base.GetLeftPart(UriPartial.Path);
}
