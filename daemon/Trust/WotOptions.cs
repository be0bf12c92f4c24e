namespace FedAi.Daemon.Trust;

/// <summary>The web of trust: whom the keys you trust vouch for, by their signed follow lists, mute lists and reports (docs/TRUST.md).</summary>
internal sealed record WotOptions
{
    /// <summary>Whether announcements of keys below <see cref="MinScore"/> are dropped, once there is anybody to start from. False: they are heard, and only ranked lower. Default: true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Keys that speak for you, as <c>npub1…</c> or hex: whom they follow you follow, whom they mute you mute. The daemon's own key is always one. Default: none.</summary>
    public IReadOnlyList<string> Roots { get; init; } = [];

    /// <summary>Steps from a root that trust travels, 1 to 4; every step halves it, and needs more to be fetched. Default: 2, friends of friends.</summary>
    public int MaxDepth { get; init; } = 2;

    /// <summary>The least score that counts as trusted, 1 to 1000; a key followed by a root has 500. One follow of a key that turns bad lets in at most 1000 / this many keys. Default: 10.</summary>
    public int MinScore { get; init; } = 10;

    /// <summary>Services whose ranks of other keys count a little, up to 200 (NIP-85, kind 30382). Default: none.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];
}
