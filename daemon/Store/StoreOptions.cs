namespace FedAi.Daemon.Store;

/// <summary>How long the store keeps what it holds. Nonces are kept for the clock window only.</summary>
internal sealed record StoreOptions
{
    /// <summary>Days that metering records are kept; older ones are deleted. Default: 365.</summary>
    public int MeteringDays { get; init; } = 365;
}
