namespace FedAi.Daemon.Peering;

/// <summary>The Nostr relays this daemon uses, as <c>wss://…</c> or <c>ws://…</c>; of a router with a self-made certificate as <c>wss://…/relay#hash</c> (its fedai status shows the hash as tlsSpki).</summary>
internal sealed record RelayOptions
{
    /// <summary>Relays to read announcements from. Default: none, so only configured peers are known.</summary>
    public IReadOnlyList<string> Bootstrap { get; init; } = [];

    /// <summary>Directories to ask over HTTP for further relays, as <c>https://…</c>. Default: none. Lists of relays age, so none is built in.</summary>
    public IReadOnlyList<string> Directories { get; init; } = [];

    /// <summary>Relay monitors (NIP-66) whose measurements count, as npub; a relay needs the word of two. Default: none.</summary>
    public IReadOnlyList<string> Monitors { get; init; } = [];

    /// <summary>Whole points that relays found get or lose, as <c>wss://relay.example=3</c>; most relays have 5. Default: none.</summary>
    public IReadOnlyList<string> TrustScores { get; init; } = [];

    /// <summary>Relays found that have fewer points are left out. Default: 1.</summary>
    public int MinScore { get; init; } = 1;

    /// <summary>Relays found and remembered at most, best first. Default: 25.</summary>
    public int MaxResults { get; init; } = 25;

    /// <summary>Of those, how many are connected to at once, besides the configured ones. Default: 8; each costs a connection here and there.</summary>
    public int MaxJoined { get; init; } = 8;

    /// <summary>How often directories are asked again, in minutes. Default: 60.</summary>
    public int RefreshMinutes { get; init; } = 60;

    /// <summary>Whether relays that the directories name get this router's announcements too. Default: true, because routers and clients that know only a directory could not meet otherwise.</summary>
    public bool PublishFound { get; init; } = true;

    /// <summary>Relays that get this router's announcements besides its own relay and those of the routers it knows. Default: none, because other software shows them as shop items (DECISIONS E14).</summary>
    public IReadOnlyList<string> Publish { get; init; } = [];

    /// <summary>Relays, besides its own, that must have said OK to this router's announcement before it counts as announced. While fewer have, fedai doctor says so, and every relay that joins or comes back is asked again. Default: 1; 0 is right where its own relay is enough.</summary>
    public int Quorum { get; init; } = 1;

    /// <summary>Permits <c>ws://</c> to other machines, and <c>http://</c> to directories of other networks: everybody on the way sees what you read and write there. Default: false.</summary>
    public bool AllowPlain { get; init; }

    /// <summary>Which relays may learn this daemon's key when they ask for it (NIP-42): none, configured (those named here) or all. Default: configured.</summary>
    public RelayAuthentication Authenticate { get; init; } = RelayAuthentication.Configured;
}
