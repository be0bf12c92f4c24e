namespace FedAi.Daemon.Trust;

/// <summary>How much one key may tell this daemon over relays; what is more is dropped, and told in the metrics.</summary>
internal sealed record FilterRateOptions
{
    /// <summary>Events of one author and kind in each window; honest ones send a few an hour, auctions some a second. Default: 60.</summary>
    public int PerAuthor { get; init; } = 60;

    /// <summary>The window, in seconds. Default: 10.</summary>
    public int WindowSeconds { get; init; } = 10;
}
