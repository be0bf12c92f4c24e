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
}
