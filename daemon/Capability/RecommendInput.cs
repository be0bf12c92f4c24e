using FedAi.Runners.Llama;

namespace FedAi.Daemon.Capability;

/// <summary>What a recommendation is made from, beside the machine.</summary>
internal sealed record RecommendInput
{
    public NodeGates Gates { get; init; } = new();
    public RouterMinimums Minimums { get; init; } = new();
    public BandOptions Bands { get; init; } = new();
    public Intent Intent { get; init; }

    /// <summary>What others ask, as far as it was heard.</summary>
    public IReadOnlyList<AdvertisedPrice> Prices { get; init; } = [];

    /// <summary>Thousandths of a token per second that the model to be served makes, measured or predicted; null when there is none.</summary>
    public long? ModelMilliTokensPerSecond { get; init; }

    /// <summary>What the file of that model says; null when there is none, or it cannot be read.</summary>
    public ModelShape? Model { get; init; }

    /// <summary>What the program lacks to put a model on a GPU; null when nothing.</summary>
    public string? GpuLacks { get; init; }

    /// <summary>Tokens of prompt and answer together, where the operator set them.</summary>
    public int? GivenContextTokens { get; init; }

    /// <summary>Requests at once, where the operator set them.</summary>
    public int? GivenConcurrency { get; init; }
}
