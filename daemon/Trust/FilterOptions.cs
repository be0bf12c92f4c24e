namespace FedAi.Daemon.Trust;

/// <summary>The operator's word about other keys, as <c>npub1…</c> or 64 hex digits. A malformed key stops the start, so that no list opens by a typing error.</summary>
internal sealed record FilterOptions
{
    /// <summary>When not empty, nobody else is served or heard. Default: empty.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>Keys that are trusted more than strangers: such nodes may register from other machines, and whom they follow is trusted a little. Default: empty.</summary>
    public IReadOnlyList<string> Follow { get; init; } = [];

    /// <summary>Keys that are ignored. Default: empty.</summary>
    public IReadOnlyList<string> Mute { get; init; } = [];

    /// <summary>Keys that are refused; beats every other list. Default: empty.</summary>
    public IReadOnlyList<string> Block { get; init; } = [];

    /// <summary>How much one key may tell this daemon over relays; what is more is dropped, and told in the metrics.</summary>
    public FilterRateOptions Rate { get; init; } = new();

    /// <summary>Whom others vouch for.</summary>
    public WotOptions Wot { get; init; } = new();
}
