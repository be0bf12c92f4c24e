namespace FedAi.Daemon.Node;

/// <summary>What a token costs, in whole millisatoshi (DECISIONS E1).</summary>
internal sealed record PricingOptions
{
    /// <summary>msat per prompt token. Default: 0.</summary>
    public long InputMsat { get; init; }

    /// <summary>msat per answer token. Default: 0.</summary>
    public long OutputMsat { get; init; }
}
