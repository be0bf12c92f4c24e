namespace FedAi.Daemon.Peering;

/// <summary>The Nostr relays this daemon uses, as <c>wss://…</c> or <c>ws://…</c>.</summary>
internal sealed record RelayOptions
{
    /// <summary>Relays to read announcements from. Default: none, so only configured peers are known.</summary>
    public IReadOnlyList<string> Bootstrap { get; init; } = [];

    /// <summary>Relays that get this router's announcements besides its own relay. Default: none, because other software shows them as shop items (DECISIONS E14).</summary>
    public IReadOnlyList<string> Publish { get; init; } = [];

    /// <summary>Permits <c>ws://</c> to other machines: everybody on the way sees what you read and write there. Default: false.</summary>
    public bool AllowPlain { get; init; }

    /// <summary>Which relays may learn this daemon's key when they ask for it (NIP-42): none, configured (those named here) or all. Default: configured.</summary>
    public RelayAuthentication Authenticate { get; init; } = RelayAuthentication.Configured;
}
